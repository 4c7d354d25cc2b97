import { createActivities } from '.';
import type { JobRun, JobView } from '../contracts/jobs';
import { AgentSteps } from '../../test/support/agent-steps';

let steps: AgentSteps;

beforeAll(async () => (steps = await AgentSteps.create({})), 30_000);
afterAll(async () => await steps?.close());

type Main = ReturnType<typeof createActivities>['main'];

/** Does a row write twice, as after a kill between its end and its record. @returns the job as it is then */
async function twice(jobId: string, write: (main: Main, run: JobRun) => Promise<void>): Promise<JobView> {
  const { main } = createActivities(steps.dependencies);
  const run: JobRun = { job_id: jobId, run_no: 1, from: 'analysis' };
  await write(main, run);
  await write(main, run);
  return (await steps.store.getJob(jobId))!;
}

const said = async (jobId: string) => (await steps.messages(jobId)).map(({ content }) => content);

test('the result is shown once, with its metric beside the baseline; the answer is kept once, and the job goes on', async () => {
  const jobId = await steps.job({ approval: 'final', approval_timeout_secs: 60, approval_default: 'reject' });
  const run = { job_id: jobId, run_no: 1 };
  await steps.store.updateJob(run, { metric: 'mae', score: 401.23, baseline_score: 612.9, phase: 'visualization' });
  const before = Date.now();
  const asked = await twice(jobId, (main, of) => main.askAboutResult(of, { round: 1, mayRevise: true }));
  expect(asked).toMatchObject({
    status: 'awaiting_user_input',
    question: 'final',
    question_detail: { id: 'final-1-1', kind: 'final', default: 'reject' },
  });
  const { text, choices, deadline } = asked.question_detail!;
  expect(text).toContain('MAE 401.2, the naive baseline 612.9: 34.5 % better.');
  expect(choices.map(({ id }) => id)).toEqual(['approve', 'revise', 'reject']);
  expect(Date.parse(deadline) - before).toBeGreaterThanOrEqual(60_000);

  const answer = { question: 'final-1-1', choice: 'approve', in_time: true };
  const after = await twice(jobId, (main, of) => main.recordAnswer(of, 'visualization', answer));
  expect(after).toMatchObject({ status: 'visualizing', question: null, question_detail: null, waiting_for: null });
  expect(await said(jobId)).toEqual([text, 'Answer: Keep the result.']);

  const last = await twice(jobId, (main, of) => main.askAboutResult(of, { round: 2, mayRevise: false }));
  expect(last.question_detail!.choices.map(({ id }) => id)).toEqual(['approve', 'reject']);
  const late = { question: 'final-1-2', choice: 'reject', in_time: false };
  await twice(jobId, (main, of) => main.recordAnswer(of, 'visualization', late));
  expect((await said(jobId)).at(-1)).toBe('No answer came in time, so this holds: Reject the result.');
});

test.each([
  [{ metric: 'auc', score: 0.91, baseline_score: 0.5 }, 'AUC 0.91, the naive baseline 0.5: 0.41 better.'],
  [{ metric: 'mae', score: 7, baseline_score: 5 }, 'it is no better'],
  [{ metric: 'mae', score: 7, baseline_score: null }, 'has MAE 7.'],
  [{ metric: null, score: null, baseline_score: null }, 'could not be measured'],
] as const)('the headline of %j', async (measured, words) => {
  const jobId = await steps.job({ approval: 'final' });
  await steps.store.updateJob({ job_id: jobId, run_no: 1 }, measured);
  const asked = await twice(jobId, (main, run) => main.askAboutResult(run, { round: 1, mayRevise: true }));
  expect(asked.question_detail!.text).toContain(words);
});

test('a plan is asked about with what holds when no answer comes', async () => {
  const jobId = await steps.job({ approval: 'all', approval_default: 'reject' });
  const { main } = createActivities(steps.dependencies);
  const gate = { timeout_secs: 86_400, otherwise: 'reject' };
  const run: JobRun = { job_id: jobId, run_no: 1, from: 'analysis' };
  expect(await main.beginRun(run)).toMatchObject({ approval: gate, final_approval: gate });
  const asked = await twice(jobId, (rows, of) => rows.askForApproval(of, 2));
  expect(asked.question_detail).toMatchObject({ id: 'plan-2', kind: 'plan', default: 'reject' });
  expect(await said(jobId)).toHaveLength(1);
});

test('at the end of a budget the choice to raise it says what it changes, and keeps the other limits', async () => {
  const jobId = await steps.job({ model_budget: { calls: 0, tokens: 900 }, budget_end: 'ask' });
  const asked = { budget: '{"calls":0}', why: '0 calls', timeout_secs: 60 };
  const { question_detail: question } = await twice(jobId, (main, run) => main.askAboutBudget(run, asked));
  expect(question).toMatchObject({ id: 'budget-1-{"calls":0}', kind: 'budget', default: 'approve' });
  expect(question!.choices).toEqual([
    {
      id: 'raise',
      label: 'Raise to 10 calls and go on with models',
      changes: { model_budget: { calls: 10, tokens: 900 } },
    },
    { id: 'approve', label: 'Go on with templates' },
    { id: 'reject', label: 'Cancel the job' },
  ]);
  expect(await said(jobId)).toHaveLength(1);
});
