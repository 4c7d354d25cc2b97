import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { java, python, sandbox } from './checks/worker/runtime';
import { orphansAmong } from './checks/worker/orphans';
import { docker, modelEndpoint } from './checks/worker/services';
import type { Config } from './config';
import { WORKER_SILENCE_SECONDS, type Check } from './contracts/system';
import type { ExecutionEngine } from './engines/engine';
import { SystemStore, type Database } from './entities';
import type { Logger } from './logger';

const BEAT_MS = (WORKER_SILENCE_SECONDS * 1000) / 3;
/** The checks start programs and ask servers: rarely enough that nobody notices. */
const CHECK_MS = 5 * 60_000;

/**
 * Says that this worker lives, and what it finds when it looks around: the API holds neither the Docker socket nor a
 * model's key, so it can only pass on what a worker says.
 */
export class Heartbeat {
  private readonly stopping = new AbortController();
  private readonly store: SystemStore;
  private readonly id = randomUUID();
  private readonly startedAt = new Date().toISOString();
  private found: { checks: Check[]; checked_at: string | null } = { checks: [], checked_at: null };
  private beats: Promise<void> | undefined;

  constructor(
    private readonly deps: {
      config: Config;
      database: Database;
      engine: ExecutionEngine;
      slots: number;
      log: Logger;
    },
  ) {
    this.store = new SystemStore(deps.database);
  }

  start(): void {
    this.beats = this.every(BEAT_MS, () => this.beat());
    // Nobody waits for its end: what it started may take half a minute, and it writes nothing after a stop.
    void this.every(CHECK_MS, () => this.look());
  }

  /** A worker that ends properly is not missed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.beats;
    await this.store.leave(this.id).catch((error: unknown) => this.quietly(error));
  }

  /** Writes one heartbeat. */
  async beat(): Promise<void> {
    const { config, engine, slots } = this.deps;
    await this.store.beat({
      id: this.id,
      host: os.hostname(),
      pid: process.pid,
      version: config.version,
      engine: engine.name,
      slots,
      started_at: this.startedAt,
      seen_at: new Date().toISOString(),
      ...this.found,
    });
  }

  /** Runs the checks, and tells of them at once. */
  async look(): Promise<void> {
    const { config, database, engine } = this.deps;
    const { javaHome: JAVA_HOME, searchPath: PATH } = config.execution;
    const surroundings = { config, environment: { JAVA_HOME, PATH } };
    const checks = await Promise.all([
      ...[python, java, docker, sandbox, modelEndpoint].map((examine) => examine(surroundings)),
      orphansAmong(config, database, engine),
    ]);
    this.found = { checks, checked_at: new Date().toISOString() };
    if (!this.stopping.signal.aborted) await this.beat();
  }

  private async every(milliseconds: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await work().catch((error: unknown) => this.quietly(error));
      await pause(milliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A heartbeat that was not written is missed soon enough. */
  private quietly(error: unknown): void {
    this.deps.log.debug('A heartbeat was not written', { error: String(error) });
  }
}
