import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { CheckedAnswer, WrittenAnswer } from '../../src/contracts/drafts';
import type { Failure } from '../../src/contracts/failure';
import type { ScoreRequest } from '../../src/contracts/scores';
import { datasetQueue, draftQueue, scoreQueue } from '../../src/temporal/queues';
import { datasetVersion, draftQuery, purgeJob, scoreRows } from '../../src/workflows';
import { keepHistory } from '../support/histories';
import { untilCancelled } from '../support/scripted-activities';
import { startTemporal, workflowBundle } from '../support/temporal';

/** The workflows beside the job's, on a real server with scripted activities. */
const KEY = { dataset_id: 'd1', version: 2 };
const FAILURE: Failure = { category: 'data', code: 'empty_file', message: 'Nothing in it.', hint: 'Upload rows.' };

let temporal: TestWorkflowEnvironment;

jest.setTimeout(60_000);
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  temporal = await startTemporal();
}, 60_000);
afterAll(async () => await temporal?.teardown());

type Making = (key: typeof KEY) => Promise<void>;

/** Makes a version with what `makings` does at each attempt. Returns how it ended and what the row was told. */
async function play(name: string, makings: Making[], during?: (workflowId: string) => Promise<void>) {
  const taskQueue = `other-${name}`;
  const workflowId = `automl-dataset-${name}`;
  const asked: unknown[] = [];
  const ended: unknown[] = [];
  const activities = {
    async makeVersion(key: typeof KEY) {
      asked.push(key);
      await makings[asked.length - 1]?.(key);
    },
    endVersion: (...told: unknown[]) => Promise.resolve(void ended.push(told)),
  };
  const connection = temporal.nativeConnection;
  const main = await Worker.create({ connection, taskQueue, workflowBundle: await workflowBundle() });
  const making = await Worker.create({
    ...{ connection, activities, taskQueue: datasetQueue(taskQueue) },
    maxHeartbeatThrottleInterval: '200ms',
  });
  const result = await main.runUntil(
    making.runUntil(async () => {
      const started = await temporal.client.workflow.start(datasetVersion, { workflowId, taskQueue, args: [KEY] });
      await during?.(workflowId);
      const end = await started.result().catch((error: unknown) => error);
      await keepHistory(temporal, name, workflowId);
      return end;
    }),
  );
  return { result, asked, ended };
}

test('a version is made, and its row is left to the activity that made it', async () => {
  const { result, asked, ended } = await play('dataset-ready', []);
  expect([result, asked, ended]).toEqual([undefined, [KEY], []]);
});

test('a version that fails for a while is tried again', async () => {
  const away = () => Promise.reject(new Error('the database is away'));
  const { result, asked, ended } = await play('dataset-retried', [away, away]);
  expect([result, asked.length, ended]).toEqual([undefined, 3, []]);
});

test("a file that is no table fails its version, with the reason on the row and the workflow's own", async () => {
  const refuse = () =>
    Promise.reject(ApplicationFailure.create({ type: FAILURE.code, nonRetryable: true, details: [FAILURE] }));
  const { result, asked, ended } = await play('dataset-failed', [refuse]);
  expect(result).toBeInstanceOf(WorkflowFailedError);
  expect([asked.length, ended]).toEqual([1, [[KEY, FAILURE]]]);
});

test('a version that is cancelled ends without a failure once its files are gone', async () => {
  let begun: () => void = () => undefined;
  const making = new Promise<void>((resolve) => (begun = resolve));
  const { result, ended } = await play('dataset-cancelled', [untilCancelled(() => begun())], async (workflowId) => {
    await making;
    await temporal.client.workflow.getHandle(workflowId).cancel();
  });
  expect(result).toBeInstanceOf(WorkflowFailedError);
  expect(ended).toEqual([[KEY, null]]);
});

test('a deleted job is purged, again and again until it is', async () => {
  const purged: unknown[] = [];
  const purge = (jobId: string) => {
    purged.push(jobId);
    return purged.length === 1 ? Promise.reject(new Error('the disk is away')) : Promise.resolve();
  };
  const connection = temporal.nativeConnection;
  const taskQueue = 'other-purge';
  const options = { connection, taskQueue, activities: { purge }, workflowBundle: await workflowBundle() };
  const workflowId = 'automl-purge-job-1';
  await (
    await Worker.create(options)
  ).runUntil(temporal.client.workflow.execute(purgeJob, { workflowId, taskQueue, args: [{ job_id: 'job-1' }] }));
  await keepHistory(temporal, 'purged', workflowId);
  expect(purged).toEqual(['job-1', 'job-1']);
});

const REQUEST = { connection_id: 'c1', words: 'Orders by country' };
const ANSWER: WrittenAnswer = {
  message: { role: 'assistant', content: '{"query": "SELECT 1", "explanation": "One."}' },
  ...{ finish: 'stop', model: 'scripted', prompt_tokens: 10, completion_tokens: 2, cost_usd: 0.5 },
};
const CHECKED = { query: 'SELECT 1', explanation: 'One.', tables_used: [] };

/** Drafts a query whose answers are found to be `checks`, one after another. Returns how it ended and what was asked. */
async function playDraft(name: string, checks: (CheckedAnswer | Failure | 'hang')[]) {
  const taskQueue = `other-${name}`;
  const workflowId = `automl-${name}`;
  const asked: unknown[] = [];
  const activities = {
    writeQuery(_request: typeof REQUEST, refused: unknown) {
      asked.push(refused);
      return Promise.resolve(ANSWER);
    },
    checkQuery() {
      const check = checks.shift()!;
      if (check === 'hang') return untilCancelled(() => void temporal.client.workflow.getHandle(workflowId).cancel())();
      if (!('code' in check)) return Promise.resolve(check);
      return Promise.reject(ApplicationFailure.create({ type: check.code, nonRetryable: true, details: [check] }));
    },
  };
  const connection = temporal.nativeConnection;
  const main = await Worker.create({ connection, taskQueue, workflowBundle: await workflowBundle() });
  const drafting = await Worker.create({
    ...{ connection, activities, taskQueue: draftQueue(taskQueue) },
    maxHeartbeatThrottleInterval: '200ms',
  });
  const result: unknown = await main.runUntil(
    drafting.runUntil(async () => {
      const end = await temporal.client.workflow
        .execute(draftQuery, { workflowId, taskQueue, args: [REQUEST] })
        .catch((error: unknown) => error);
      await keepHistory(temporal, name, workflowId);
      return end;
    }),
  );
  return { result, asked };
}

test('a query is written from words', async () => {
  const { result, asked } = await playDraft('draft-ready', [CHECKED]);
  const usage = { model: 'scripted', prompt_tokens: 10, completion_tokens: 2, cost_usd: 0.5 };
  expect([result, asked]).toEqual([{ ...CHECKED, ...usage }, [null]]);
});

test('a query that can not be used is mended, and both answers are counted', async () => {
  const { result, asked } = await playDraft('draft-repaired', [{ problem: 'no such column' }, CHECKED]);
  expect(result).toMatchObject({ query: 'SELECT 1', prompt_tokens: 20, completion_tokens: 4, cost_usd: 1 });
  expect(asked).toEqual([null, { answer: ANSWER, problem: 'no such column' }]);
});

test('a query that is not mended is refused, with the reason', async () => {
  const { result, asked } = await playDraft('draft-refused', [{ problem: 'first' }, { problem: 'still wrong' }]);
  const details = [{ code: 'query_not_drafted', message: expect.stringContaining('still wrong') as string }];
  expect(result).toMatchObject({ cause: { details } });
  expect(asked).toHaveLength(2);
});

test('a draft fails with the failure of its step', async () => {
  const { result } = await playDraft('draft-failed', [FAILURE]);
  expect(result).toMatchObject({ cause: { type: FAILURE.code, details: [FAILURE] } });
});

test('a draft that nobody waits for any more is cancelled', async () => {
  const { result } = await playDraft('draft-cancelled', ['hang']);
  expect(result).toMatchObject({ cause: { name: 'CancelledFailure' } });
});

const SCORING: ScoreRequest = { job_id: 'j1', score_id: 'score_1', source: 'json', columns: 2, horizon: null };
const SCORED = { id: 'score_1', rows: 3, seconds: 2.5 };

/** Scores rows with what `runs` say at each attempt. Returns how it ended and how often it was tried. */
async function playScoring(name: string, runs: (typeof SCORED | Failure | 'crash' | 'hang')[]) {
  const taskQueue = `other-${name}`;
  const workflowId = `automl-${name}`;
  const asked: ScoreRequest[] = [];
  const activities = {
    runScoring(request: ScoreRequest) {
      asked.push(request);
      const run = runs.shift()!;
      if (run === 'crash') return Promise.reject(new Error('the engine is away'));
      if (run === 'hang') return untilCancelled(() => void temporal.client.workflow.getHandle(workflowId).cancel())();
      if (!('code' in run)) return Promise.resolve(run);
      return Promise.reject(ApplicationFailure.create({ type: run.code, nonRetryable: true, details: [run] }));
    },
  };
  const connection = temporal.nativeConnection;
  const main = await Worker.create({ connection, taskQueue, workflowBundle: await workflowBundle() });
  const scoring = await Worker.create({
    ...{ connection, activities, taskQueue: scoreQueue(taskQueue) },
    maxHeartbeatThrottleInterval: '200ms',
  });
  const result: unknown = await main.runUntil(
    scoring.runUntil(async () => {
      const end = await temporal.client.workflow
        .execute(scoreRows, { workflowId, taskQueue, args: [SCORING] })
        .catch((error: unknown) => error);
      await keepHistory(temporal, name, workflowId);
      return end;
    }),
  );
  return { result, asked };
}

test('rows are scored, by as many tries as it takes', async () => {
  expect(await playScoring('score-ready', ['crash', SCORED])).toEqual({ result: SCORED, asked: [SCORING, SCORING] });
});

test('rows that do not fit fail the scoring with the reason', async () => {
  const { result, asked } = await playScoring('score-failed', [FAILURE]);
  expect(result).toMatchObject({ cause: { type: FAILURE.code, details: [FAILURE] } });
  expect(asked).toHaveLength(1);
});

test('a scoring that nobody waits for any more is cancelled', async () => {
  const { result } = await playScoring('score-cancelled', ['hang']);
  expect(result).toMatchObject({ cause: { name: 'CancelledFailure' } });
});
