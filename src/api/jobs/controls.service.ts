import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { JobUpdated, JobView, MessageSent, StatusChange, UpdateJob } from '../../contracts/jobs';
import { ANSWER_SIGNAL, PAUSE_SIGNAL, RESUME_SIGNAL, type Answer, type PlanAnswer } from '../../contracts/steps';
import { JobStore } from '../../entities';
import { RequestError, notFound } from '../common/problem';
import { TemporalCalls } from '../common/temporal-calls';
import { answerIn } from './answers';
import { JobsService } from './jobs.service';

const ANSWERED: Record<NonNullable<JobView['question']>, Record<Answer, string>> = {
  plan: { approve: 'The plan is approved: training starts.', reject: 'The plan is rejected.' },
  budget: { approve: 'The job goes on.', reject: 'The job is being cancelled.' },
};

type Change = z.infer<typeof StatusChange>;

/** What a user says to a job that is under way. */
@Injectable()
export class ControlsService {
  constructor(
    private readonly store: JobStore,
    private readonly jobs: JobsService,
    private readonly temporal: TemporalCalls,
  ) {}

  /** @throws {RequestError} 404; 409 where nothing runs that could pause, or a pause is asked for already */
  async pause(id: string): Promise<Change> {
    const { before, done } = await this.requested(id, true);
    if (!done) throw refusal(before) ?? conflict('already_paused', 'A pause is asked for already.', 'Resume the job.');
    await this.temporal.done((workflows) => workflows.signal(id, PAUSE_SIGNAL));
    const message = 'The job pauses between two models or before its next phase; what is trained is kept.';
    return { message, previous_status: before.status };
  }

  /** @throws {RequestError} 404; 409 where the job is not paused */
  async resume(id: string): Promise<Change> {
    const { before, done } = await this.requested(id, false);
    if (!done) throw refusal(before) ?? conflict('not_paused', 'The job is not paused.', 'There is nothing to resume.');
    await this.temporal.done((workflows) => workflows.signal(id, RESUME_SIGNAL));
    return { message: 'The job goes on from where it paused.', previous_status: before.status };
  }

  /** @throws {RequestError} 404; 409 where the job does not wait for an approval; 503 where nobody heard the answer */
  async answer(id: string, answer: Answer): Promise<Change> {
    const job = await this.jobs.get(id);
    this.refuseUnlessAwaiting(job);
    await this.tell(id, answer);
    const message = ANSWERED[job.question ?? 'plan'][answer];
    return { message, previous_status: job.status };
  }

  /** @throws {RequestError} 409 where the job does not wait for an approval */
  refuseUnlessAwaiting(job: JobView, question?: JobView['question']): void {
    if (awaitsApproval(job) && (question === undefined || job.question === question)) return;
    const hint = 'Create a job with `"approval": "plan"` to be asked before its training starts.';
    throw refusal(job) ?? conflict('not_awaiting_approval', 'The job does not wait for an approval.', hint);
  }

  /**
   * Stores what the user says; a clear yes or no answers the approval that the job waits for.
   * @param key of the caller, so that a repeated call stores no second message.
   * @throws {RequestError} 404; 409 where the job is final; 503 where nobody heard the answer, and nothing is stored
   */
  async say(id: string, content: string, key: string | undefined): Promise<MessageSent> {
    const job = await this.jobs.get(id);
    const known = key === undefined ? undefined : await this.store.userMessage(id, content, key);
    if (job.final && !known) throw refusal(job)!;
    const answer = awaitsApproval(job) ? (answerIn(content) ?? null) : null;
    if (answer) await this.tell(id, answer);
    const message = known ?? (await this.store.addUserMessage(id, content, key ?? randomUUID()));
    if (!message) throw notFound('job', id);
    return { ...message, answer };
  }

  /** @throws {RequestError} 404; 409 where the job is final */
  async update(id: string, changes: UpdateJob): Promise<JobUpdated> {
    const change = await this.store.updateSettings(id, changes);
    if (!change) throw notFound('job', id);
    if (!change.done) throw refusal(change.before)!;
    return { message: whenItCounts(changes, change.before), job: await this.jobs.get(id) };
  }

  /** An answer has no row that could repeat it later, so the caller must know when it was not heard. */
  async tell(id: string, answer: PlanAnswer): Promise<void> {
    let heard = false;
    await this.temporal.done(async (workflows) => (heard = await workflows.signal(id, ANSWER_SIGNAL, answer)));
    if (!heard) {
      const hint = 'Try again in a few seconds; /health/ready says when Temporal is back.';
      throw new RequestError(503, 'answer_not_heard', 'The answer did not reach the job.', hint);
    }
    await this.store.noteAnswer(id, answer);
  }

  private async requested(id: string, wanted: boolean) {
    const request = await this.store.requestPause(id, wanted);
    if (!request) throw notFound('job', id);
    return request;
  }
}

function awaitsApproval(job: JobView): boolean {
  return job.status === 'awaiting_user_input' && !job.cancel_requested;
}

/** Why a job takes no word at all; undefined where it does. */
function refusal(job: JobView): RequestError | undefined {
  if (job.final) {
    return conflict('already_final', `The job is ${job.status} already.`, 'Retry it, or create a new job.');
  }
  if (job.cancel_requested) return conflict('being_cancelled', 'The job is being cancelled.', 'Retry it afterwards.');
  if (job.run_no === 0) return conflict('not_started', 'The job has not started yet.', 'Upload a file to start it.');
  return undefined;
}

function conflict(code: string, message: string, hint: string): RequestError {
  return new RequestError(409, code, message, hint);
}

/** Says for each change which agent reads it next: what an agent has read already is not undone. */
function whenItCounts(changes: UpdateJob, job: JobView): string {
  const { webhook_url, max_models, max_runtime_secs, model_budget, ...forAnalysis } = changes;
  const said: string[] = [];
  const goal = Object.entries(forAnalysis).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const analysed = job.phase !== null && job.phase !== 'analysis';
  if (goal.length > 0) {
    const when = analysed
      ? 'with the next analysis, which has been made for this run: retry from "analysis" once the job is final'
      : 'at the next turn of the DataProcessor';
    said.push(`${goal.join(', ')}: ${when}.`);
  }
  if (max_models !== undefined || max_runtime_secs !== undefined) {
    said.push(`Training budget: ${whenLimitsCount(job)}.`);
  }
  if (model_budget !== undefined) said.push('model_budget: with the next question to a model.');
  if (webhook_url !== undefined) said.push('webhook_url: at once.');
  return said.join(' ');
}

function whenLimitsCount({ phase }: JobView): string {
  if (phase === 'training') return 'a training that runs ends or goes on by it from its next model on';
  if (phase === null || phase === 'analysis') return 'the training will be planned with it';
  return 'with the next training, for that of this run is over: retry from "training" once the job is final';
}
