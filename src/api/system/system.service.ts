import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { directories, disk, files, memory } from '../../checks/machine';
import type { Config } from '../../config';
import { QUEUE_NAMES, WORKER_SILENCE_SECONDS, type QueueState, type SystemView } from '../../contracts/system';
import { Database, SystemStore, type WorkerFacts } from '../../entities';
import { queueStates, taskQueuesOf } from '../../temporal/queue-states';
import { TemporalCalls } from '../common/temporal-calls';
import { CONFIG } from '../common/tokens';
import { StorageMeter } from './storage';

const OWN_CHECKS = [files, directories, disk, memory];
/** What the API's own checks found holds as long as a page asks again and again. */
const CHECKS_HOLD_MS = 30_000;

type Checks = SystemView['checks'];

/** How the installation is doing, from the rows, Temporal and the disk; nothing here touches an engine or a model. */
@Injectable()
export class SystemService implements OnModuleDestroy {
  private readonly store: SystemStore;
  private readonly storage: StorageMeter;
  private readonly pins: Pick<SystemView['versions'], 'h2o' | 'temporal_sdk'>;
  private own: { at: number; checks: Checks } = { at: 0, checks: [] };

  constructor(
    private readonly database: Database,
    private readonly temporal: TemporalCalls,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.store = new SystemStore(database);
    this.storage = new StorageMeter(config);
    this.pins = { h2o: pinnedH2o(config.root), temporal_sdk: temporalSdk() };
  }

  async onModuleDestroy(): Promise<void> {
    await this.storage.stop();
  }

  async view(): Promise<SystemView> {
    const { config } = this;
    const room = await statfs(config.dataDir);
    const [workers, temporal, { running, ...jobs }, spend] = await Promise.all([
      this.store.workers(),
      this.askTemporal(),
      this.jobs(),
      this.spend(),
    ]);
    const alive = workers.filter(isAlive);
    return {
      version: config.version,
      node: process.versions.node,
      uptime_seconds: Math.round(process.uptime()),
      database: this.database.kind,
      temporal_ui_url: config.temporal.uiUrl,
      disk: { free_bytes: room.bavail * room.bsize, total_bytes: room.blocks * room.bsize },
      memory: { free_bytes: os.freemem(), total_bytes: os.totalmem() },
      cpus: os.availableParallelism(),
      load_average: os.loadavg()[0]!,
      ...jobs,
      slots: slotsOf(alive, running),
      max_upload_bytes: config.maxUploadBytes,
      health: { temporal: temporal.answers, worker: alive.length > 0 },
      workers: workers.map(({ checks: _checks, checked_at: _at, ...worker }) => ({
        ...worker,
        alive: alive.some(({ id }) => id === worker.id),
      })),
      queues: temporal.queues,
      storage: this.storage.state(),
      spend,
      versions: { ...this.pins, temporal_server: temporal.version, image: imageOf(config, alive) },
      checks: [...(await this.ownChecks()), ...workerChecks(alive)],
    };
  }

  private async jobs() {
    const [counts, last_engine, executions, waiting_jobs] = await Promise.all([
      this.store.jobCounts(),
      this.store.lastEngine(),
      this.store.runningExecutions(),
      this.store.waitingJobs(),
    ]);
    return {
      jobs: Object.fromEntries(counts.map(({ status, count }) => [status, count])),
      waiting: counts.reduce((total, { waiting }) => total + waiting, 0),
      last_engine,
      executions: executions.first,
      running: executions.count,
      waiting_jobs,
    };
  }

  /** Days begin at midnight UTC, as in the analytics. */
  private async spend(): Promise<SystemView['spend']> {
    const midnight = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
    const [today, total] = await Promise.all([this.store.spend(midnight), this.store.spend()]);
    return { today, total };
  }

  private async askTemporal(): Promise<{ answers: boolean; version: string | null; queues: QueueState[] }> {
    const { taskQueue } = this.config.temporal;
    const names = taskQueuesOf(taskQueue);
    let version: string | null = null;
    let queues: QueueState[] = QUEUE_NAMES.map((name) => ({
      name,
      task_queue: names[name],
      pollers: null,
      backlog: null,
    }));
    const [answers] = await Promise.all([
      this.temporal.done(async ({ client }) => {
        version = (await client.connection.workflowService.getSystemInfo({})).serverVersion;
      }),
      // Its own call: a server that lacks the statistics still answers.
      this.temporal.done(async ({ client }) => {
        queues = await queueStates(client, taskQueue);
      }),
    ]);
    return { answers, version, queues };
  }

  private async ownChecks(): Promise<Checks> {
    if (Date.now() - this.own.at > CHECKS_HOLD_MS) {
      const checks = await Promise.all(OWN_CHECKS.map((look) => look({ config: this.config, environment: {} })));
      const checked_at = new Date().toISOString();
      this.own = { at: Date.now(), checks: checks.map((check) => ({ ...check, by: 'api' as const, checked_at })) };
    }
    return this.own.checks;
  }
}

function isAlive({ seen_at }: WorkerFacts): boolean {
  return Date.now() - Date.parse(seen_at) < WORKER_SILENCE_SECONDS * 1000;
}

/** A dead worker's findings would be yesterday's: none are better. */
function workerChecks([newest]: readonly WorkerFacts[]): Checks {
  if (!newest?.checked_at) return [];
  const { checks, checked_at } = newest;
  return checks.map((check) => ({ ...check, by: 'worker', checked_at }));
}

function slotsOf(alive: readonly WorkerFacts[], in_use: number): SystemView['slots'] {
  if (alive.length === 0) return { total: null, in_use, free: null };
  const total = alive.reduce((sum, { slots }) => sum + slots, 0);
  // Of a worker that is gone runs may go on: the next worker finds them.
  return { total, in_use, free: Math.max(0, total - in_use) };
}

/** Null where scripts run as processes. */
function imageOf(config: Config, alive: readonly WorkerFacts[]): string | null {
  return alive.some(({ engine }) => engine === 'docker') ? config.execution.image : null;
}

function pinnedH2o(root: string): string | null {
  try {
    const text = readFileSync(path.join(root, 'runtime', 'h2o', 'requirements.txt'), 'utf8');
    return /^h2o==(\S+)/m.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}

function temporalSdk(): string {
  return (JSON.parse(readFileSync(require.resolve('@temporalio/client/package.json'), 'utf8')) as { version: string })
    .version;
}
