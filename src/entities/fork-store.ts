import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { IsNull, Like, Not, type EntityManager } from 'typeorm';
import { AutomlError } from '../contracts/failure';
import type { JobOptions, JobView } from '../contracts/jobs';
import { PHASES, PROGRESS_OF_PHASE, isFinal, type Phase } from '../contracts/status';
import { finishedAttempts } from './attempt-store';
import { audit } from './audit';
import { ControlStore } from './control-store';
import { AttemptRow, LeaderboardEntry, StepOutputRow } from './execution.entity';
import { storedUploadPath } from './files';
import { takeKey, type IdempotentCall } from './idempotency';
import { JobRow } from './job.entity';
import { MessageRow, ModelRow, PredictionRow, ReportRow, ScriptRow } from './record.entity';
import { insertAll, now, queuePosition } from './store-base';
import { jobView } from './views';

/** A fork as it shall be, its parent's settings and the changes already merged. */
export interface NewFork {
  from: Phase;
  name: string;
  prompt: string;
  target_column: string | null;
  options: JobOptions;
}

/**
 * Forks: a new job that begins at a later phase, with copies of all that its parent had before it. The rows are
 * copied here, in one transaction, in which the fork's first run is claimed as well; the files follow in the worker.
 * What the parent cost (executions, agents' calls) is not copied: it was paid once.
 */
export abstract class ForkStore extends ControlStore {
  /**
   * @returns undefined where the parent is gone; for a key that came before, the fork that it made
   * @throws {AutomlError} `phase_not_reached`, `idempotency_key_reused`
   */
  async forkJob(parentId: string, fork: NewFork, call: IdempotentCall | undefined): Promise<JobView | undefined> {
    return await this.writeTo(parentId, async (manager, parent) => {
      const id = randomUUID();
      const holder = call ? await takeKey(manager, call, id) : id;
      const known = holder === id ? null : await manager.findOneByOrFail(JobRow, { id: holder });
      if (known) return jobView(known, this.ui, await queuePosition(manager, known));

      const inherited = await attemptsBefore(manager, parent, fork.from);
      await manager.insert(JobRow, { ...rowOf(parent, fork, id), version_number: await nextVersion(manager, parent) });
      await copyRecords(manager, { from: parent.id, to: id }, inherited);
      await audit(manager, 'fork', id, { parent_job_id: parent.id, from: fork.from });
      const job = await manager.findOneByOrFail(JobRow, { id });
      await this.changeJob(manager, job, {});
      return jobView(job, this.ui, await queuePosition(manager, job));
    });
  }

  /** Whether the job is a fork that still lacks its parent's files. */
  async awaitsInheritance(id: string): Promise<boolean> {
    return await this.database.read((manager) =>
      manager.existsBy(JobRow, { id, forked_from: Not(IsNull()), inherited_at: IsNull() }),
    );
  }

  async markInherited(id: string): Promise<void> {
    await this.writeTo(id, (manager, job) => this.changeJob(manager, job, { inherited_at: now() }));
  }

  /** Whether a living fork still needs the job's files. */
  async hasWaitingForks(id: string): Promise<boolean> {
    const forks = await this.database.read((manager) =>
      manager.findBy(JobRow, {
        parent_job_id: id,
        forked_from: Not(IsNull()),
        inherited_at: IsNull(),
        deleted_at: IsNull(),
      }),
    );
    return forks.some((fork) => !isFinal(fork.status));
  }
}

function rowOf(parent: JobRow, fork: NewFork, id: string): Partial<JobRow> {
  const time = now();
  const isAnalysed = fork.from !== 'analysis';
  const isTrained = PHASES.indexOf(fork.from) > PHASES.indexOf('training');
  const { metric, score, baseline_score, models_trained } = parent;
  return {
    id,
    name: fork.name,
    prompt: fork.prompt,
    options: fork.options,
    requested_target_column: fork.target_column,
    target_column: isAnalysed ? parent.target_column : fork.target_column,
    metric: isAnalysed ? metric : null,
    ...(isTrained ? { score, baseline_score, models_trained } : {}),
    dataset_path: storedUploadPath(id, path.posix.basename(parent.dataset_path ?? '')),
    dataset_name: parent.dataset_name,
    dataset_bytes: parent.dataset_bytes,
    dataset_id: parent.dataset_id,
    dataset_version: parent.dataset_version,
    dataset_overrides: parent.dataset_overrides,
    parent_job_id: parent.id,
    root_job_id: parent.root_job_id ?? parent.id,
    forked_from: fork.from,
    run_no: 1,
    run_from: fork.from,
    status: 'queued',
    phase: fork.from,
    progress: isAnalysed ? PROGRESS_OF_PHASE[fork.from][0] : 0,
    waiting_since: time,
    created_at: time,
    updated_at: time,
  };
}

/** The parent's attempts whose outputs the fork builds on, one a phase. @throws {AutomlError} `phase_not_reached` */
async function attemptsBefore(manager: EntityManager, parent: JobRow, from: Phase): Promise<AttemptRow[]> {
  const attempts = await manager.find(AttemptRow, { where: { job_id: parent.id }, order: { ordinal: 'ASC' } });
  const finished = finishedAttempts(attempts);
  const wanted = PHASES.slice(0, PHASES.indexOf(from));
  const missing = wanted.find((phase) => !finished.some((row) => row.phase === phase));
  if (parent.dataset_path && !missing) return finished.slice(0, wanted.length);
  throw new AutomlError({
    category: 'data',
    code: parent.dataset_path ? 'phase_not_reached' : 'no_dataset',
    message: parent.dataset_path
      ? `The job can't be forked at ${from}: its ${missing} has not finished.`
      : 'The job has no data that a fork could run on.',
    hint: parent.dataset_path ? `Fork from "${missing}" or an earlier phase.` : 'Create a new job and upload a file.',
  });
}

/** One more than the newest of the lineage; its first job's row is the lock, where that job still exists. */
async function nextVersion(manager: EntityManager, parent: JobRow): Promise<number> {
  const root = parent.root_job_id ?? parent.id;
  // A write takes the row's lock in every database: of two forks at once, one waits here for the other.
  await manager.update(JobRow, { id: root }, { version_number: () => 'version_number' });
  const newest = await manager
    .createQueryBuilder(JobRow, 'job')
    .select('MAX(job.version_number)', 'version')
    .where('job.id = :root OR job.root_job_id = :root', { root })
    .getRawOne<{ version: number | null }>();
  return 1 + Math.max(newest?.version ?? 0, parent.version_number);
}

interface Move {
  from: string;
  to: string;
}

/** Copies what each inherited attempt left. Paths name their job's folder: the copy's name the fork's. */
async function copyRecords(manager: EntityManager, { from, to }: Move, attempts: AttemptRow[]): Promise<void> {
  const moved = (file: string) => file.replace(from, to);
  const copy = <Row extends { job_id: string }>(row: Row): Row => ({ ...row, job_id: to });
  const anew = <Row extends { job_id: string; id: number }>({ id: _id, ...row }: Row) => ({ ...row, job_id: to });

  for (const [index, { phase, attempt, ...rest }] of attempts.entries()) {
    const of = { job_id: from, phase, attempt };
    const keys = { job_id: from, key: Like(`${phase}-${attempt}-%`) };
    // Run 0 is before the fork's first: its own attempts count on from these.
    await manager.insert(AttemptRow, { ...rest, phase, attempt, job_id: to, run_no: 0, ordinal: index + 1 } as never);
    await insertAll(manager, StepOutputRow, (await manager.findBy(StepOutputRow, of)).map(copy));
    await insertAll(manager, LeaderboardEntry, (await manager.findBy(LeaderboardEntry, of)).map(copy));
    await insertAll(manager, MessageRow, (await inOrder(manager, MessageRow, keys)).map(anew));
    await insertAll(manager, ReportRow, (await inOrder(manager, ReportRow, keys)).map(anew));
    const scripts = await manager.findBy(ScriptRow, { job_id: from, script_type: phase as never, attempt });
    await insertAll(manager, ScriptRow, scripts.map(anew));
    if (phase === 'training') {
      const models = await manager.findBy(ModelRow, { job_id: from, attempt });
      const ours = models.map((row) => ({ ...copy(row), id: randomUUID(), model_path: moved(row.model_path) }));
      await insertAll(manager, ModelRow, ours);
    }
    const kind = phase === 'prediction' ? 'predictions' : phase === 'visualization' ? 'plot' : undefined;
    if (kind) {
      const files = await manager.findBy(PredictionRow, { job_id: from, kind, attempt });
      await insertAll(
        manager,
        PredictionRow,
        files.map((row) => ({ ...anew(row), file_path: moved(row.file_path) })),
      );
    }
  }
}

async function inOrder<Row extends MessageRow | ReportRow>(
  manager: EntityManager,
  entity: new () => Row,
  where: object,
): Promise<Row[]> {
  return await manager.find(entity, { where: where as never, order: { id: 'ASC' } as never });
}
