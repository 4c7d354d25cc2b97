import { isCancellation, workflowInfo } from '@temporalio/workflow';
import {
  DRAFT_NOT_IN_TIME,
  DRAFT_SECONDS,
  type DraftedQuery,
  type DraftRequest,
  type RefusedAnswer,
  type WrittenAnswer,
} from '../contracts/drafts';
import type { Failure } from '../contracts/failure';
import { failureOf, phaseFailure } from './failures';
import { DRAFT_RESERVE_SECONDS, MAX_DRAFT_REPAIRS } from './limits';
import { draftsOn } from './proxies';

/** From words to one read-only query, which is checked and not run. An answer that can't be used may be mended once. */
export async function draftQuery(request: DraftRequest): Promise<DraftedQuery> {
  try {
    return await draft(request);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failure = failureOf(error);
    throw phaseFailure(failure.code === 'step_timed_out' ? DRAFT_NOT_IN_TIME : failure);
  }
}

async function draft(request: DraftRequest): Promise<DraftedQuery> {
  const answers: WrittenAnswer[] = [];
  let refused: RefusedAnswer | null = null;
  while (answers.length <= MAX_DRAFT_REPAIRS) {
    const steps = draftsOn(workflowInfo().taskQueue, secondsLeft());
    const answer: WrittenAnswer = await steps.writeQuery(request, refused);
    answers.push(answer);
    const checked = await steps.checkQuery(request.connection_id, answer);
    if ('query' in checked) return { ...checked, model: answer.model, ...totalOf(answers) };
    refused = { answer, problem: checked.problem };
  }
  throw phaseFailure(notUsable(refused?.problem ?? ''));
}

/** The workflow's own time-out would say nothing of what went wrong. */
function secondsLeft(): number {
  const used = (Date.now() - workflowInfo().startTime.getTime()) / 1000;
  return Math.max(1, Math.floor(DRAFT_SECONDS - DRAFT_RESERVE_SECONDS - used));
}

type Usage = Pick<DraftedQuery, 'prompt_tokens' | 'completion_tokens' | 'cost_usd'>;

/** Of all answers, those that were refused included; null where one of them is not known. */
function totalOf(answers: readonly WrittenAnswer[]): Usage {
  const sum = (values: (number | null)[]) =>
    values.reduce((total, value) => (total === null || value === null ? null : total + value));
  return {
    prompt_tokens: sum(answers.map((answer) => answer.prompt_tokens)),
    completion_tokens: sum(answers.map((answer) => answer.completion_tokens)),
    cost_usd: sum(answers.map((answer) => answer.cost_usd)),
  };
}

function notUsable(problem: string): Failure {
  return {
    category: 'data',
    code: 'query_not_drafted',
    message: `The model wrote no query that can be used: ${problem.slice(0, 1000)}`,
    hint: 'Say it in other words, name tables or columns, or write the query yourself.',
  };
}
