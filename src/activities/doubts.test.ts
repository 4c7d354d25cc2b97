import { createActivities } from '.';
import type { JobRun, JobView, MessageView } from '../contracts/jobs';
import type { AnotherTurn } from '../contracts/turns';
import { AgentSteps } from '../../test/support/agent-steps';

/** Real files, a real database: what the workflow does between two executions, the test does by hand. */
const DAY_FIRST = /^\d{4}-\d\d-\d\d$/;

let steps: AgentSteps;

beforeAll(async () => (steps = await AgentSteps.create({})), 30_000);
afterAll(async () => await steps?.close());

/** Each date twice over, far apart and in no order: neither reading is the more regular one. */
function shop(): string {
  const lines = Array.from({ length: 60 }, (_, row) => {
    const [day, month] = [1 + ((row * 7) % 12), 1 + ((row * 5) % 12)];
    const pad = (part: number) => String(part).padStart(2, '0');
    return `${100 + ((row * 37) % 50)},${200 + ((row * 53) % 70)},${pad(day)}/${pad(month)}/2024`;
  });
  return ['north,south,when', ...lines].join('\n');
}

async function ask(jobId: string): Promise<NonNullable<AnotherTurn['doubt']>> {
  const turn = (await steps.once('DataProcessor.analysis', jobId)) as AnotherTurn;
  // A retry asks the same.
  expect(await steps.once('DataProcessor.analysis', jobId)).toEqual(turn);
  return turn.doubt!;
}

/** As the workflow has it; each row write twice, as after a kill. */
async function settle(
  jobId: string,
  { name, question }: NonNullable<AnotherTurn['doubt']>,
  choice: string,
  in_time = true,
) {
  const { main } = createActivities(steps.dependencies);
  const run: JobRun = { job_id: jobId, run_no: 1, from: 'analysis' };
  const doubt = { name, attempt: 1 };
  await main.askAboutData(run, doubt);
  await main.askAboutData(run, doubt);
  const waiting = (await steps.store.getJob(jobId)) as JobView;
  expect(waiting).toMatchObject({
    status: 'awaiting_user_input',
    question: 'choice',
    question_detail: { id: question },
  });
  await main.settleDoubt(run, doubt, { question, choice, in_time });
  await main.settleDoubt(run, doubt, { question, choice, in_time });
  return waiting.question_detail!;
}

async function answers(jobId: string): Promise<MessageView['content'][]> {
  return (await steps.messages(jobId)).map(({ content }) => content).filter((text) => /^(Answer|No answer)/.test(text));
}

test('one question after the other reaches the analysis, and each is kept once', async () => {
  const jobId = await steps.job(
    { prompt: 'Predict north and south', target_column: null, ask: true },
    { csv: shop(), name: 'shop.csv' },
  );
  const dates = await ask(jobId);
  expect(dates).toMatchObject({ name: 'dates', question: 'dates-1', default: 'month_first' });
  const asked = await settle(jobId, dates, 'day_first');
  expect(asked.text).toContain('"01/01/2024"');

  const target = await ask(jobId);
  expect(target.name).toBe('target');
  const { choices } = await settle(jobId, target, target.choices[1]!);
  const recorded = await steps.answer('DataProcessor.analysis', jobId);
  const [assumed, other] = choices.map(({ label }) => label);
  expect([assumed, other].sort()).toEqual(['north', 'south']);
  expect(recorded.output.target).toMatchObject({ column: other, how: 'given' });
  const when = recorded.output.dataset.columns.find(({ name }: { name: string }) => name === 'when');
  expect(when).toMatchObject({ type: 'date', format: '%d/%m/%Y' });
  expect(when.min).toMatch(DAY_FIRST);
  expect(await answers(jobId)).toEqual(['Answer: Day first.', `Answer: ${other}.`]);
  expect((await steps.store.getJob(jobId))?.target_column).toBe(other);

  // A later run knows what was answered.
  await steps.once('DataProcessor.analysis', jobId, { attempt: 2 });
  expect((await steps.recorded('DataProcessor.analysis', jobId, 2)).output.target.column).toBe(other);
}, 60_000);

test('without an answer the assumption stays, and is reported as one', async () => {
  const jobId = await steps.job(
    { prompt: 'Predict north and south', target_column: null, ask: true },
    { csv: shop(), name: 'shop.csv' },
  );
  await settle(jobId, await ask(jobId), 'month_first', false);
  await settle(jobId, await ask(jobId), 'c1', false);
  const { output } = await steps.answer('DataProcessor.analysis', jobId);
  expect(output.target).toMatchObject({ how: 'inferred' });
  expect(output.target.reason).toContain('Nearly as likely');
  expect(output.dataset.warnings).toEqual([expect.stringContaining('were read month first')]);
  expect(await answers(jobId)).toHaveLength(2);
}, 60_000);

test('a job that does not want it is asked nothing', async () => {
  const jobId = await steps.job({ prompt: 'Predict north and south', target_column: null }, { csv: shop() });
  expect(await steps.once('DataProcessor.analysis', jobId)).toMatchObject({ task: expect.any(String) });
}, 60_000);
