import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { AnswerJob, JobUpdated, JobView, MessageSent, StatusChange, UpdateJob } from '../../contracts/jobs';
import { REVISE, type QuestionKind } from '../../contracts/questions';
import { ANSWER_SIGNAL, PAUSE_SIGNAL, RESUME_SIGNAL } from '../../contracts/steps';
import { JobStore } from '../../entities';
import { RequestError, notFound } from '../common/problem';
import { TemporalCalls } from '../common/temporal-calls';
import { choiceNamedIn } from './answers';
import { JobsService } from './jobs.service';

/** To the choices that every question of a kind has. */
const ANSWERED: Record<QuestionKind, Record<string, string>> = {
  plan: { approve: 'The plan is approved: training starts.', reject: 'The plan is rejected.' },
  budget: {
    approve: 'The job goes on.',
    raise: 'The budget is raised, and the job goes on with models.',
    reject: 'The job is being cancelled.',
  },
  final: { approve: 'The job ends with this result.', reject: 'The result is rejected: the job is being cancelled.' },
  choice: {},
};
/** Of a question that an older version asked, without its choices. */
const GATE_CHOICES = ['approve', 'reject'];

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

  /**
   * @throws {RequestError} 404; 409 where the job waits for no answer, or for one to another question; 422 for what is
   * no choice; 503 where nobody heard the answer
   */
  async answer(id: string, { answer, question }: AnswerJob): Promise<Change> {
    const job = await this.jobs.get(id);
    this.refuseUnlessAwaiting(job);
    refuseOtherQuestion(job, question);
    refuseUnknownChoice(job, answer);
    await this.give(job, answer);
    const label = job.question_detail?.choices.find((choice) => choice.id === answer)?.label ?? answer;
    const message = ANSWERED[job.question ?? 'plan'][answer] ?? `The job goes on with: ${label}.`;
    return { message, previous_status: job.status };
  }

  /** @throws {RequestError} 409 where the job does not wait for an answer, or not to one of these questions */
  refuseUnlessAwaiting(job: JobView, questions?: readonly QuestionKind[]): void {
    if (awaitsAnswer(job) && (questions === undefined || questions.includes(job.question ?? 'plan'))) return;
    const hint = 'Create a job with `"approval": "plan"` or `"final"` to be asked before its training or at its end.';
    throw refusal(job) ?? conflict('not_awaiting_approval', 'The job does not wait for an approval.', hint);
  }

  /**
   * Stores what the user says; words that clearly name a choice answer the question that the job waits with.
   * @param key of the caller, so that a repeated call stores no second message.
   * @throws {RequestError} 404; 409 where the job is final; 503 where nobody heard the answer, and nothing is stored
   */
  async say(id: string, content: string, key: string | undefined): Promise<MessageSent> {
    const job = await this.jobs.get(id);
    const known = key === undefined ? undefined : await this.store.userMessage(id, content, key);
    if (job.final && !known) throw refusal(job)!;
    const answer = awaitsAnswer(job) ? (choiceNamedIn(content, job) ?? null) : null;
    if (answer) await this.give(job, answer);
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

  /** Makes the changes that a choice stands for, then tells the workflow. */
  private async give(job: JobView, answer: string): Promise<void> {
    const changes = job.question_detail?.choices.find((choice) => choice.id === answer)?.changes;
    if (changes) await this.store.updateSettings(job.id, changes);
    await this.tell(job, answer);
  }

  /** An answer has no row that could repeat it later, so the caller must know when it was not heard. */
  async tell({ id, question_detail: question }: JobView, answer: string): Promise<void> {
    let heard = false;
    const given = question ? [answer, question.id] : [answer];
    await this.temporal.done(async (workflows) => (heard = await workflows.signal(id, ANSWER_SIGNAL, ...given)));
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

function awaitsAnswer(job: JobView): boolean {
  return job.status === 'awaiting_user_input' && !job.cancel_requested;
}

/** Whoever answers may look at an older question than the one that is open by now. */
function refuseOtherQuestion({ question_detail: open }: JobView, meant: string | undefined): void {
  if (meant === undefined || open === null || open.id === meant) return;
  throw conflict('other_question', 'The job asks something else by now.', 'Read its `question_detail` again.');
}

function refuseUnknownChoice({ question_detail: question }: JobView, answer: string): void {
  const choices = question?.choices.map(({ id }) => id) ?? GATE_CHOICES;
  if (answer === REVISE && choices.includes(REVISE)) {
    const hint = 'Send the changes to POST /jobs/{id}/plan: they are the answer.';
    throw new RequestError(422, 'changes_missing', 'It is not said what is to be changed.', hint);
  }
  if (choices.includes(answer)) return;
  const offered = choices.filter((choice) => choice !== REVISE).map((choice) => `"${choice}"`);
  const message = 'That is none of the choices.';
  throw new RequestError(422, 'unknown_choice', message, `Answer with one of ${offered.join(', ')}.`);
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
