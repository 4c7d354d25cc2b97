import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { JobRun } from '../../src/contracts/jobs';
import type { Phase } from '../../src/contracts/status';
import type { Failure } from '../../src/contracts/failure';
import { ANSWER_SIGNAL, PAUSE_SIGNAL, RESUME_SIGNAL, type StepInput } from '../../src/contracts/steps';
import { ANOTHER_TURN } from '../../src/contracts/turns';
import { executionQueue } from '../../src/temporal/queues';
import { automlJob } from '../../src/workflows/automl-job.workflow';
import { MAX_FIX_ATTEMPTS, MAX_RETRAININGS, MAX_TURNS } from '../../src/workflows/limits';
import { keepHistory } from '../support/histories';
import {
  ANALYSED,
  BUILT,
  STAGED,
  START,
  ScriptedActivities,
  execution,
  smooth,
  stage,
  staged,
  untilCancelled,
  verdict,
} from '../support/scripted-activities';
import { startTemporal, workflowBundle } from '../support/temporal';

let temporal: TestWorkflowEnvironment;
let runs = 0;

jest.setTimeout(60_000);

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  temporal = await startTemporal();
}, 60_000);
afterAll(async () => await temporal?.teardown());

/** Runs one job on the real server with scripted activities; `during` may act on it while it runs. */
async function play(
  scripted: ScriptedActivities,
  options: { from?: Phase; history?: string; during?: (workflowId: string) => Promise<void> } = {},
) {
  runs += 1;
  const taskQueue = `test-${runs}`;
  const run: JobRun = { job_id: `job-${runs}`, run_no: 1, from: options.from ?? 'analysis' };
  const shared = { connection: temporal.nativeConnection, activities: scripted.activities };
  const main = await Worker.create({ ...shared, taskQueue, workflowBundle: await workflowBundle() });
  const executing = await Worker.create({
    ...shared,
    taskQueue: executionQueue(taskQueue),
    maxHeartbeatThrottleInterval: '200ms',
  });
  const workflowId = `automl-job-${run.job_id}`;
  return await main.runUntil(
    executing.runUntil(async () => {
      const handle = await temporal.client.workflow.start(automlJob, {
        workflowId,
        taskQueue,
        args: [run],
        searchAttributes: { AutomlStatus: ['queued'] },
      });
      await options.during?.(workflowId);
      const result = await handle.result().catch((error: unknown) => error);
      if (options.history) await keepHistory(temporal, options.history, workflowId);
      return result;
    }),
  );
}

test('runs every phase in order and completes', async () => {
  const scripted = new ScriptedActivities(smooth());
  await expect(play(scripted, { history: 'completed' })).resolves.toEqual({ status: 'completed', failure: null });
  expect(scripted.phases).toEqual(['analysis', 'training', 'prediction', 'visualization', 'final_check']);
  expect(scripted.story).toEqual([
    'DataProcessor.analysis',
    ...['ModelBuilder.training', 'CodeExecutor.training', 'Analyst.training'],
    ...['Prediction.prediction', 'CodeExecutor.prediction', 'Analyst.prediction'],
    ...['Visualization.visualization', 'CodeExecutor.visualization', 'Analyst.visualization'],
    'finalCheck',
  ]);
});

test('a training is three runs, each an activity of its own', async () => {
  const scripted = new ScriptedActivities(staged());
  const result = await play(scripted, { history: 'sealed' });
  expect(result).toEqual({ status: 'completed', failure: null });
  expect(scripted.story.slice(1, 6)).toEqual([
    'ModelBuilder.training',
    ...['CodeExecutor.seal', 'CodeExecutor.training', 'CodeExecutor.evaluate'],
    'Analyst.training',
  ]);
  for (const type of scripted.story.slice(2, 5)) expect(scripted.attemptsOf(type)).toEqual([1]);
});

test('a stage that fails is the last of its attempt: it is judged, and the repair begins with the first again', async () => {
  const failed = { succeeded: false, exit: 'oom_killed' } as const;
  const scripted = new ScriptedActivities({
    ...staged(),
    'ModelBuilder.training': [STAGED, STAGED, STAGED],
    'CodeExecutor.seal': [stage('seal', failed), stage('seal'), stage('seal')],
    'CodeExecutor.training': [stage('train', failed), stage('train')],
    'Analyst.training': [verdict('NEEDS_FIX'), verdict('NEEDS_FIX'), verdict('SUCCESS')],
  });
  await expect(play(scripted, { history: 'sealed-repaired' })).resolves.toMatchObject({ status: 'completed' });
  expect(scripted.attemptsOf('CodeExecutor.seal')).toEqual([1, 2, 3]);
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([2, 3]);
  expect(scripted.attemptsOf('CodeExecutor.evaluate')).toEqual([3]);
  expect(scripted.attemptsOf('Analyst.training')).toEqual([1, 2, 3]);
});

test('a pause in a stage goes on with that stage, and repeats none before it', async () => {
  const pausing = (reply: unknown) => async () => {
    await temporal.client.workflow.getHandle(`automl-job-job-${runs}`).signal(PAUSE_SIGNAL);
    return reply;
  };
  const paused = { exit: 'paused', exit_code: 75, succeeded: false } as const;
  const scripted = new ScriptedActivities({
    ...staged(),
    // Too quick to be paused: what comes next waits.
    'CodeExecutor.seal': [pausing(stage('seal'))],
    'CodeExecutor.training': [pausing(stage('train', paused)), stage('train')],
  });
  const result = await play(scripted, {
    history: 'sealed-paused',
    during: async (workflowId) => {
      const handle = temporal.client.workflow.getHandle(workflowId);
      await scripted.called('wait');
      expect(scripted.story.at(-1)).toBe('CodeExecutor.seal');
      await handle.signal(RESUME_SIGNAL);
      await scripted.called('wait', 2);
      expect(scripted.story.at(-1)).toBe('CodeExecutor.training');
      await handle.signal(RESUME_SIGNAL);
    },
  });
  expect(result).toMatchObject({ status: 'completed' });
  expect(scripted.attemptsOf('CodeExecutor.seal')).toEqual([1]);
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([1, 1]);
  expect(scripted.attemptsOf('CodeExecutor.evaluate')).toEqual([1]);
});

test('calls an agent again, as the same attempt, for each further turn', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    'DataProcessor.analysis': [ANOTHER_TURN, ANALYSED],
    'ModelBuilder.training': [ANOTHER_TURN, ANOTHER_TURN, BUILT],
    'Analyst.training': [ANOTHER_TURN, verdict('SUCCESS')],
  });
  await expect(play(scripted, { history: 'turns' })).resolves.toMatchObject({ status: 'completed' });
  expect(scripted.attemptsOf('ModelBuilder.training')).toEqual([1, 1, 1]);
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([1]);
});

test('tries a plan that a model has in mind before it asks the model again', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    'ModelBuilder.training': [{ ...ANOTHER_TURN, tries: 1 }, ANOTHER_TURN, { ...ANOTHER_TURN, tries: 2 }, BUILT],
    'CodeExecutor.trial': [
      { succeeded: true, seconds: 20 },
      { succeeded: false, seconds: 3 },
    ],
  });
  await expect(play(scripted, { history: 'trials' })).resolves.toMatchObject({ status: 'completed' });
  expect(scripted.story.slice(1, 8)).toEqual([
    ...['ModelBuilder.training', 'CodeExecutor.trial', 'ModelBuilder.training', 'ModelBuilder.training'],
    ...['CodeExecutor.trial', 'ModelBuilder.training', 'CodeExecutor.training'],
  ]);
  const trials = scripted.calls.filter(({ type }) => type === 'CodeExecutor.trial');
  expect(trials.map(({ input }) => [(input[0] as StepInput).attempt, input[1]])).toEqual([
    [1, 1],
    [1, 2],
  ]);
});

test('an agent that has joined is asked in its turn when its phase is done', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    beginRun: [{ ...START, advisors: [{ name: 'SecondOpinion', after: 'training' }] }],
    'Advisor.consult': [ANOTHER_TURN, { said: true }],
  });
  await expect(play(scripted, { history: 'advised' })).resolves.toMatchObject({ status: 'completed' });
  expect(scripted.story.slice(3, 7)).toEqual([
    ...['Analyst.training', 'Advisor.consult', 'Advisor.consult', 'Prediction.prediction'],
  ]);
  const asked = scripted.calls.findLast(({ type }) => type === 'Advisor.consult')!;
  expect(asked.input).toMatchObject([{ attempt: 1 }, 'SecondOpinion']);
});

test('an agent that wants turns without end fails the job', async () => {
  const endless = Array.from({ length: MAX_TURNS }, () => ANOTHER_TURN);
  const scripted = new ScriptedActivities({ ...smooth(), 'ModelBuilder.training': endless });
  expect(await play(scripted)).toBeInstanceOf(WorkflowFailedError);
  expect(scripted.outcome).toMatchObject({ status: 'failed', failure: { code: 'too_many_turns' } });
});

test('repairs a failed training with a new attempt and goes on', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    'ModelBuilder.training': [BUILT, BUILT],
    'CodeExecutor.training': [execution('training', { succeeded: false, exit: 'oom_killed' }), execution('training')],
    'Analyst.training': [verdict('NEEDS_FIX'), verdict('SUCCESS')],
  });
  await expect(play(scripted, { history: 'repaired' })).resolves.toMatchObject({ status: 'completed' });
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([1, 2]);
});

test('stops repairing at the bound and fails with the reason of the last run', async () => {
  const failure: Failure = { category: 'execution', code: 'out_of_memory', message: 'Too big.', hint: 'Use less.' };
  const all = Array.from({ length: MAX_FIX_ATTEMPTS + 1 });
  const scripted = new ScriptedActivities({
    ...smooth(),
    'ModelBuilder.training': all.map(() => BUILT),
    'CodeExecutor.training': all.map(() => execution('training', { succeeded: false, failure })),
    'Analyst.training': all.map(() => verdict('NEEDS_FIX')),
  });
  const error = await play(scripted, { history: 'failed' });
  expect(error).toBeInstanceOf(WorkflowFailedError);
  expect(((error as WorkflowFailedError).cause as ApplicationFailure).type).toBe('out_of_memory');
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([1, 2, 3, 4]);
  expect(scripted.outcome).toEqual({ status: 'failed', failure });
  expect(scripted.phases).not.toContain('prediction');
});

test('keeps a trained model when the prediction can not be finished', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    'Analyst.prediction': [verdict('INCOMPLETE', 'no future rows')],
    finalCheck: [{ missing: ['predictions.csv', 'forecast_plot.png'], present: ['model.zip'] }],
  });
  await expect(play(scripted, { history: 'partial' })).resolves.toMatchObject({
    status: 'partial',
    failure: { code: 'prediction_incomplete', message: 'no future rows' },
  });
  expect(scripted.phases).toEqual(['analysis', 'training', 'prediction', 'final_check']);
});

test('a missing artefact at the end is partial, never completed', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    finalCheck: [{ missing: ['forecast_plot.png'], present: ['model.zip', 'predictions.csv'] }],
  });
  await expect(play(scripted)).resolves.toEqual({ status: 'partial', failure: null });
});

test('bad data fails the job with its category and hint', async () => {
  const failure: Failure = {
    category: 'data',
    code: 'target_not_found',
    message: 'No such column.',
    hint: 'Name one.',
  };
  const scripted = new ScriptedActivities({
    ...smooth(),
    'DataProcessor.analysis': [
      () => {
        throw ApplicationFailure.create({ type: failure.code, nonRetryable: true, details: [failure] });
      },
    ],
  });
  await play(scripted);
  expect(scripted.outcome).toEqual({ status: 'failed', failure });
});

test('a step that fails for a moment is tried again and the job does not notice', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    'DataProcessor.analysis': [
      () => {
        throw new Error('the database is locked');
      },
      ANALYSED,
    ],
  });
  await expect(play(scripted)).resolves.toMatchObject({ status: 'completed' });
});

test('a retry begins at its phase and counts attempts on from the earlier runs', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    beginRun: [
      {
        name: 'Sales',
        last_attempt: { analysis: 1, training: 4, prediction: 2, visualization: 0, final_check: 1 },
        approval: null,
      },
    ],
  });
  await expect(play(scripted, { from: 'prediction', history: 'retried' })).resolves.toMatchObject({
    status: 'completed',
  });
  expect(scripted.phases).toEqual(['prediction', 'visualization', 'final_check']);
  expect(scripted.attemptsOf('CodeExecutor.prediction')).toEqual([3]);
});

test('a fork gets its files first, then begins at its phase', async () => {
  const last_attempt = { analysis: 1, training: 2, prediction: 0, visualization: 0, final_check: 0 };
  const scripted = new ScriptedActivities({
    ...smooth(),
    beginRun: [{ name: 'Sales', last_attempt, approval: null, inherits: true }],
    inherit: [undefined],
  });
  await expect(play(scripted, { from: 'prediction', history: 'forked' })).resolves.toMatchObject({
    status: 'completed',
  });
  expect(scripted.calls.slice(0, 3).map(({ type }) => type)).toEqual(['beginRun', 'inherit', 'beginPhase']);
  expect(scripted.phases).toEqual(['prediction', 'visualization', 'final_check']);
  expect(scripted.attemptsOf('CodeExecutor.prediction')).toEqual([1]);
});

test('a fork whose parent is gone fails with the reason', async () => {
  const failure: Failure = { category: 'data', code: 'parent_gone', message: 'Gone.', hint: 'Fork another.' };
  const scripted = new ScriptedActivities({
    ...smooth(),
    beginRun: [{ name: 'Sales', last_attempt: {}, approval: null, inherits: true }],
    inherit: [
      () => {
        throw ApplicationFailure.create({ type: failure.code, nonRetryable: true, details: [failure] });
      },
    ],
  });
  await play(scripted, { from: 'training' });
  expect(scripted.outcome).toEqual({ status: 'failed', failure });
});

test('cancelling stops the execution first and then says so', async () => {
  let begun: () => void = () => undefined;
  const executing = new Promise<void>((resolve) => (begun = resolve));
  const scripted = new ScriptedActivities({ ...smooth(), 'CodeExecutor.training': [untilCancelled(() => begun())] });
  await play(scripted, {
    history: 'cancelled',
    during: async (workflowId) => {
      await executing;
      await temporal.client.workflow.getHandle(workflowId).cancel();
    },
  });
  expect(scripted.outcome).toEqual({ status: 'cancelled', failure: null });
  expect(scripted.story.at(-1)).toBe('CodeExecutor.training');
});

const ASKS = { name: 'Sales', last_attempt: {}, approval: { timeout_secs: 3600, otherwise: 'approve' } };

test('waits for the approval of the plan before anything is trained', async () => {
  const scripted = new ScriptedActivities({ ...smooth(), beginRun: [ASKS] });
  const result = await play(scripted, {
    history: 'approved',
    during: async (workflowId) => {
      await scripted.called('askForApproval');
      expect(scripted.story.at(-1)).toBe('ModelBuilder.training');
      await temporal.client.workflow.getHandle(workflowId).signal(ANSWER_SIGNAL, 'approve');
    },
  });
  expect(result).toMatchObject({ status: 'completed' });
});

test('a plan that its user changes is made again, asked about again, and costs no repair', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    beginRun: [ASKS],
    'ModelBuilder.training': [BUILT, BUILT, BUILT],
    'CodeExecutor.training': [execution('training', { succeeded: false, exit: 'oom_killed' }), execution('training')],
    'Analyst.training': [verdict('NEEDS_FIX'), verdict('SUCCESS')],
  });
  const result = await play(scripted, {
    history: 'revised',
    during: async (workflowId) => {
      const handle = temporal.client.workflow.getHandle(workflowId);
      await handle.signal(ANSWER_SIGNAL, 'revise');
      await scripted.called('reviseAttempt');
      await handle.signal(ANSWER_SIGNAL, 'approve');
    },
  });
  expect(result).toEqual({ status: 'completed', failure: null });
  expect(scripted.attemptsOf('ModelBuilder.training')).toEqual([1, 2, 3]);
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([2, 3]);
  expect(scripted.attemptsOf('CodeExecutor.prediction')).toEqual([1]);
  expect(scripted.phases.filter((phase) => phase === 'training')).toHaveLength(3);
});

test('what the data leave open is asked before the analysis goes on, one question after the other', async () => {
  const doubt = { name: 'dates', question: 'dates-1', choices: ['day_first', 'month_first'], timeout_secs: 3600 };
  const target = { name: 'target', question: 'target-1', choices: ['c1', 'c2'], default: 'c1', timeout_secs: 1 };
  const scripted = new ScriptedActivities({
    ...smooth(),
    'DataProcessor.analysis': [
      { ...ANOTHER_TURN, doubt: { ...doubt, default: 'month_first' } },
      { ...ANOTHER_TURN, doubt: target },
      ANALYSED,
    ],
  });
  const result = await play(scripted, {
    history: 'asked',
    during: async (workflowId) => {
      await scripted.called('askAboutData');
      await temporal.client.workflow.getHandle(workflowId).signal(ANSWER_SIGNAL, 'day_first', 'dates-1');
    },
  });
  expect(result).toEqual({ status: 'completed', failure: null });
  const settled = scripted.calls.filter(({ type }) => type === 'settleDoubt').map(({ input }) => input.slice(1));
  expect(settled).toEqual([
    [
      { name: 'dates', attempt: 1 },
      { question: 'dates-1', choice: 'day_first', in_time: true },
    ],
    [
      { name: 'target', attempt: 1 },
      { question: 'target-1', choice: 'c1', in_time: false },
    ],
  ]);
  expect(scripted.attemptsOf('DataProcessor.analysis')).toEqual([1, 1, 1]);
});

test('at the end of its budget for models the user is asked, and the next steps know the answer', async () => {
  const asks = { budget: '{"calls":1}', why: '1 calls', timeout_secs: 3600 };
  const scripted = new ScriptedActivities({
    ...smooth(),
    beginRun: [ASKS],
    'ModelBuilder.training': [{ ...ANOTHER_TURN, asks }, BUILT],
  });
  const result = await play(scripted, {
    history: 'budget',
    during: async (workflowId) => {
      const handle = temporal.client.workflow.getHandle(workflowId);
      await scripted.called('askAboutBudget');
      await handle.signal(ANSWER_SIGNAL, 'approve');
      await scripted.called('askForApproval');
      await handle.signal(ANSWER_SIGNAL, 'approve');
    },
  });
  expect(result).toEqual({ status: 'completed', failure: null });
  const told = scripted.calls.filter(({ type }) => /^(ModelBuilder|Analyst)\./.test(type));
  expect(told.map(({ input }) => (input[0] as StepInput).budget_answered)).toEqual([
    undefined,
    ...Array<string>(4).fill(asks.budget),
  ]);
});

test('a user who ends the job with its budget has it cancelled', async () => {
  const asks = { budget: '{}', why: '1 calls', timeout_secs: 3600 };
  const scripted = new ScriptedActivities({ ...smooth(), 'DataProcessor.analysis': [{ ...ANOTHER_TURN, asks }] });
  await play(scripted, {
    during: async (workflowId) => {
      await scripted.called('askAboutBudget');
      await temporal.client.workflow.getHandle(workflowId).signal(ANSWER_SIGNAL, 'reject');
    },
  });
  expect(scripted.outcome).toEqual({ status: 'cancelled', failure: null });
  expect(scripted.story).toEqual(['DataProcessor.analysis']);
});

test('a rejected plan cancels the job and trains nothing', async () => {
  const scripted = new ScriptedActivities({ ...smooth(), beginRun: [ASKS] });
  await play(scripted, {
    during: async (workflowId) => {
      await scripted.called('askForApproval');
      await temporal.client.workflow.getHandle(workflowId).signal(ANSWER_SIGNAL, 'reject');
    },
  });
  expect(scripted.outcome).toEqual({ status: 'cancelled', failure: null });
  expect(scripted.story.at(-1)).toBe('ModelBuilder.training');
});

test('without an answer the default holds when the time is out', async () => {
  const approval = { timeout_secs: 1, otherwise: 'approve' };
  const scripted = new ScriptedActivities({ ...smooth(), beginRun: [{ ...ASKS, approval }] });
  await expect(play(scripted)).resolves.toMatchObject({ status: 'completed' });
});

const SEARCHES = { name: 'Sales', last_attempt: {}, approval: null, search: 3 };
const three = (type: string, reply: unknown) => ({ [type]: [reply, reply, reply] });

test('tries every draft of the training, asks about the first alone, and keeps the best; one that fails costs nothing', async () => {
  const scripted = new ScriptedActivities({
    ...smooth(),
    ...three('ModelBuilder.training', BUILT),
    ...three('CodeExecutor.training', execution('training')),
    beginRun: [{ ...SEARCHES, approval: ASKS.approval }],
    'Analyst.training': [verdict('SUCCESS'), verdict('NEEDS_FIX', 'out of memory'), verdict('SUCCESS')],
    keepBest: [{ attempt: 1 }],
  });
  const result = await play(scripted, {
    history: 'searched',
    during: async (workflowId) => {
      await scripted.called('askForApproval');
      await temporal.client.workflow.getHandle(workflowId).signal(ANSWER_SIGNAL, 'approve', 'plan-1');
    },
  });
  expect(result).toEqual({ status: 'completed', failure: null });
  const inputs = (type: string) => scripted.calls.filter((call) => call.type === type).map(({ input }) => input);
  const drafts = inputs('CodeExecutor.training').map(([step]) => step as StepInput);
  expect(drafts.map(({ attempt, attempts_left, draft }) => [attempt, attempts_left, draft])).toEqual([
    [1, MAX_FIX_ATTEMPTS + 2, { number: 1, of: 3 }],
    [2, MAX_FIX_ATTEMPTS + 1, { number: 2, of: 3 }],
    [3, MAX_FIX_ATTEMPTS, { number: 3, of: 3 }],
  ]);
  expect(inputs('askForApproval')).toHaveLength(1);
  expect(inputs('finishDraft').map(([, attempt, end]) => [attempt, end])).toEqual([
    [1, { good: true, why: 'as measured' }],
    [2, { good: false, why: 'out of memory' }],
    [3, { good: true, why: 'as measured' }],
  ]);
  expect(inputs('keepBest').map(([, attempts]) => attempts)).toEqual([[1, 3]]);
  expect(inputs('finishPhase').filter(([, phase]) => phase === 'training')).toEqual([
    [expect.objectContaining({ run_no: 1 }), 'training', 1],
  ]);
});

test('a draft that ends without any verdict costs nothing either, as long as another succeeded', async () => {
  const broken = () => {
    throw ApplicationFailure.create({ type: 'broken', message: 'It broke.', nonRetryable: true });
  };
  const scripted = new ScriptedActivities({
    ...smooth(),
    ...three('ModelBuilder.training', BUILT),
    beginRun: [SEARCHES],
    'CodeExecutor.training': [execution('training'), broken, broken],
    keepBest: [{ attempt: 1 }],
  });
  await expect(play(scripted)).resolves.toEqual({ status: 'completed', failure: null });
  const ends = scripted.calls.filter(({ type }) => type === 'finishDraft').map(({ input }) => input.slice(1));
  expect(ends).toEqual([
    [1, { good: true, why: 'as measured' }],
    [2, { good: false, why: expect.stringContaining('It broke.') as string }],
    [3, { good: false, why: expect.stringContaining('It broke.') as string }],
  ]);
  expect(scripted.calls.find(({ type }) => type === 'keepBest')?.input).toEqual([
    expect.objectContaining({ attempt: 3 }),
    [1],
  ]);
});

test('where every draft fails the last one is repaired, within the bound of a single one', async () => {
  const failed = execution('training', { succeeded: false, exit: 'oom_killed' });
  const scripted = new ScriptedActivities({
    ...smooth(),
    beginRun: [{ ...SEARCHES, search: 2 }],
    ...three('ModelBuilder.training', BUILT),
    'CodeExecutor.training': [failed, failed, execution('training')],
    'Analyst.training': [verdict('INCOMPLETE'), verdict('NEEDS_FIX'), verdict('SUCCESS')],
  });
  await expect(play(scripted, { history: 'search-repaired' })).resolves.toMatchObject({ status: 'completed' });
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([1, 2, 3]);
  const steps = scripted.calls.filter(({ type }) => type === 'ModelBuilder.training');
  expect(steps.map(({ input }) => (input[0] as StepInput).draft?.number)).toEqual([1, 2, undefined]);
});

const SHOWS = {
  name: 'Sales',
  last_attempt: {},
  approval: null,
  final_approval: { timeout_secs: 3600, otherwise: 'approve' },
};
const recorded = ({ calls }: ScriptedActivities) =>
  calls.filter(({ type }) => type === 'recordAnswer').map(({ input }) => input[2]);

test('shows the result before the job ends; a word for another question is none to this one', async () => {
  const scripted = new ScriptedActivities({ ...smooth(), beginRun: [SHOWS] });
  const result = await play(scripted, {
    history: 'final-approved',
    during: async (workflowId) => {
      const handle = temporal.client.workflow.getHandle(workflowId);
      await handle.signal(ANSWER_SIGNAL, 'reject', 'plan-1');
      await scripted.called('askAboutResult');
      expect(scripted.story.at(-1)).toBe('Analyst.visualization');
      await handle.signal(ANSWER_SIGNAL, 'perhaps', 'final-1-1');
      await handle.signal(ANSWER_SIGNAL, 'approve', 'final-1-1');
    },
  });
  expect(result).toEqual({ status: 'completed', failure: null });
  expect(recorded(scripted)).toEqual([{ question: 'final-1-1', choice: 'approve', in_time: true }]);
  expect(scripted.story.at(-1)).toBe('finalCheck');
});

test('a result that is to be trained again is: every later phase too, under new attempts, then shown again', async () => {
  const twice = Object.fromEntries(
    Object.entries(smooth()).map(([type, replies]) => [
      type,
      /\.(training|prediction|visualization)$/.test(type) ? [...replies, ...replies] : replies,
    ]),
  );
  const scripted = new ScriptedActivities({ ...twice, beginRun: [SHOWS] });
  const result = await play(scripted, {
    from: 'prediction',
    history: 'final-revised',
    during: async (workflowId) => {
      const handle = temporal.client.workflow.getHandle(workflowId);
      await scripted.called('askAboutResult');
      await handle.signal(ANSWER_SIGNAL, 'revise', 'final-1-1');
      await scripted.called('askAboutResult', 2);
      await handle.signal(ANSWER_SIGNAL, 'approve', 'final-1-2');
    },
  });
  expect(result).toEqual({ status: 'completed', failure: null });
  expect(scripted.phases).toEqual([
    ...['prediction', 'visualization', 'training', 'prediction', 'visualization', 'final_check'],
  ]);
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([1]);
  expect(scripted.attemptsOf('CodeExecutor.prediction')).toEqual([1, 2]);
});

test('a rejected result cancels the job; without an answer the default holds', async () => {
  const rejected = new ScriptedActivities({ ...smooth(), beginRun: [SHOWS] });
  await play(rejected, {
    during: async (workflowId) => {
      await rejected.called('askAboutResult');
      await temporal.client.workflow.getHandle(workflowId).signal(ANSWER_SIGNAL, 'reject');
    },
  });
  expect(rejected.outcome).toEqual({ status: 'cancelled', failure: null });
  expect(rejected.phases).not.toContain('final_check');

  const final_approval = { timeout_secs: 1, otherwise: 'reject' };
  const late = new ScriptedActivities({ ...smooth(), beginRun: [{ ...SHOWS, final_approval }] });
  await play(late);
  expect(late.outcome).toEqual({ status: 'cancelled', failure: null });
  expect(recorded(late)).toEqual([{ question: 'final-1-1', choice: 'reject', in_time: false }]);
});

test('a result is trained again so often and no more', async () => {
  const often = MAX_RETRAININGS + 1;
  const all = Object.fromEntries(
    Object.entries(smooth()).map(([type, replies]) => [type, Array.from({ length: often }, () => replies[0])]),
  );
  const scripted = new ScriptedActivities({ ...all, beginRun: [SHOWS] });
  const result = await play(scripted, {
    during: async (workflowId) => {
      const handle = temporal.client.workflow.getHandle(workflowId);
      for (let shown = 1; shown <= often; shown += 1) {
        await scripted.called('askAboutResult', shown);
        await handle.signal(ANSWER_SIGNAL, 'revise', `final-1-${shown}`);
      }
      await handle.signal(ANSWER_SIGNAL, 'approve', `final-1-${often}`);
    },
  });
  expect(result).toEqual({ status: 'completed', failure: null });
  expect(scripted.attemptsOf('CodeExecutor.training')).toHaveLength(often);
  const shown = scripted.calls.filter(({ type }) => type === 'askAboutResult').map(({ input }) => input[1]);
  expect(shown.at(-1)).toEqual({ round: often, mayRevise: false });
});

test('a pause during training gives the slot back and resumes the same attempt', async () => {
  const paused = execution('training', { exit: 'paused', exit_code: 75, succeeded: false });
  const scripted = new ScriptedActivities({
    ...smooth(),
    'CodeExecutor.training': [
      async () => {
        await temporal.client.workflow.getHandle(`automl-job-job-${runs}`).signal(PAUSE_SIGNAL);
        return paused;
      },
      execution('training'),
    ],
  });
  const result = await play(scripted, {
    history: 'paused',
    during: async (workflowId) => {
      await scripted.called('wait');
      await temporal.client.workflow.getHandle(workflowId).signal(RESUME_SIGNAL);
    },
  });
  expect(result).toMatchObject({ status: 'completed' });
  expect(scripted.attemptsOf('CodeExecutor.training')).toEqual([1, 1]);
  expect(scripted.attemptsOf('Analyst.training')).toEqual([1]);
});
