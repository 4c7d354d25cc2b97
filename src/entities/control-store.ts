import type { JobOptions, JobView, MessageView, UpdateJob } from '../contracts/jobs';
import { isFinal } from '../contracts/status';
import { AttemptStore } from './attempt-store';
import { audit } from './audit';
import { refuseOtherBody } from './idempotency';
import type { JobRow } from './job.entity';
import { MessageRow } from './record.entity';
import { now, queuePosition } from './store-base';
import { jobView, messageView } from './views';

type LimitChanges = Pick<UpdateJob, 'max_models' | 'max_runtime_secs'>;

/** A change that a user asked for: the job as it was before, and whether its state allowed the change. */
export interface Requested {
  before: JobView;
  done: boolean;
}

/** What a user changes on a job that is under way. */
export abstract class ControlStore extends AttemptStore {
  /** Notes that the user wants the job paused, or no longer. @returns undefined where the job is gone. */
  async requestPause(id: string, wanted: boolean): Promise<Requested | undefined> {
    return await this.writeTo(id, async (manager, job) => {
      const before = jobView(job, this.ui, await queuePosition(manager, job));
      if (!mayChange(job, wanted)) return { before, done: false };
      await audit(manager, wanted ? 'pause' : 'resume', id, { status: job.status, run_no: job.run_no });
      await this.changeJob(manager, job, { pause_requested: wanted });
      return { before, done: true };
    });
  }

  /** Changes the goal and options of a job that is not final. @returns undefined where the job is gone. */
  async updateSettings(id: string, changes: UpdateJob): Promise<Requested | undefined> {
    return await this.writeTo(id, async (manager, job) => {
      const before = jobView(job, this.ui, await queuePosition(manager, job));
      if (isFinal(job.status)) return { before, done: false };
      const { prompt = job.prompt, ...options } = changes;
      await audit(manager, 'update', id, changes);
      const limits_changes = job.limits_changes + (changesLimits(changes) ? 1 : 0);
      await this.changeJob(manager, job, { prompt, options: changedOptions(job.options, options), limits_changes });
      return { before, done: true };
    });
  }

  /** Stores what the user decides of the training plan, for the next one that is made. */
  async changePlan(id: string, changes: Pick<JobOptions, 'plan'> & LimitChanges): Promise<void> {
    await this.writeTo(id, async (manager, job) => {
      await audit(manager, 'plan', id, changes);
      await this.changeJob(manager, job, { options: changedOptions(job.options, changes) });
    });
  }

  /** Notes the user's answer at the approval gate. */
  async noteAnswer(id: string, answer: string): Promise<void> {
    await this.writeTo(id, (manager) => audit(manager, 'answer', id, { answer }));
  }

  /** The user's message that an earlier call with this key stored. @throws {AutomlError} `idempotency_key_reused`. */
  async userMessage(id: string, content: string, key: string): Promise<MessageView | undefined> {
    const natural = { job_id: id, key: `user-${key}` };
    const row = await this.database.read((manager) => manager.findOneBy(MessageRow, natural));
    if (row) refuseOtherBody(row.content, content);
    return row ? messageView(row) : undefined;
  }

  /** Stores a user's message once a key. @returns undefined where the job is gone. @throws like `userMessage`. */
  async addUserMessage(id: string, content: string, key: string): Promise<MessageView | undefined> {
    return await this.writeTo(id, async (manager, job) => {
      const natural = { job_id: id, key: `user-${key}` };
      const known = await manager.findOneBy(MessageRow, natural);
      if (known) refuseOtherBody(known.content, content);
      if (known) return messageView(known);
      const message = { ...natural, agent_name: 'User', content, message_type: 'user' as const, source: 'user' };
      await manager.insert(MessageRow, { ...message, timestamp: now() });
      const view = messageView(await manager.findOneByOrFail(MessageRow, natural));
      await this.appendEvents(manager, job, [{ type: 'message', data: view }]);
      return view;
    });
  }
}

/** A paused status without the flag is a resume that the workflow has not followed yet: it may be asked for again. */
function mayChange(job: JobRow, wanted: boolean): boolean {
  if (isFinal(job.status) || job.run_no === 0 || job.cancel_requested) return false;
  return wanted ? !job.pause_requested : job.pause_requested || job.status === 'paused';
}

function changesLimits({ max_models, max_runtime_secs }: UpdateJob): boolean {
  return max_models !== undefined || max_runtime_secs !== undefined;
}

/** Null takes an option back; what is not named stays. */
function changedOptions(
  options: JobOptions,
  changes: Omit<UpdateJob, 'prompt'> & Pick<JobOptions, 'plan'>,
): JobOptions {
  const named = Object.entries(changes).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...options, ...Object.fromEntries(named) });
  return Object.fromEntries(merged.filter(([, value]) => value !== null));
}
