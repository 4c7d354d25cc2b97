import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { JobEvent } from '../../src/contracts/events';
import type { ResultsView } from '../../src/contracts/jobs';
import type { TimelineView } from '../../src/contracts/timeline';
import { expectWhole } from './healed';
import { LogPoller, StreamFollower } from './support/follower';
import { Installation } from './support/installation';
import { eventually } from './support/moments';
import { Scene } from './support/scene';

/** What people see of a job while the processes behind it are killed: one run, every line and event of it once. */
const TIMEOUT_MS = 400_000;
const MODELS = 10;
/** The user lowers the limit so that nobody is left to pass it on but the next worker. */
const FEWER_MODELS = 3;

let installation: Installation;
beforeAll(async () => {
  installation = await Installation.create('local');
  await installation.start();
}, 120_000);
afterAll(async () => await installation?.discard(), 120_000);

test(
  'worker killed mid-training, then the API: stream and log are whole, and the run is one',
  async () => {
    const scene = new Scene(installation, await installation.rows());
    await scene.submit({ max_models: MODELS });
    const { url } = installation.client;
    const follower = new StreamFollower(url, scene.jobId);
    const poller = new LogPoller(url, scene.jobId);
    const done = new AbortController();
    const reading = Promise.all([follower.untilEnd().finally(() => done.abort()), poller.until(done.signal)]);

    await scene.untilMidTraining();
    const body = JSON.stringify({ max_models: FEWER_MODELS });
    await installation.client.json(`/jobs/${scene.jobId}`, { method: 'PATCH', body });
    await installation.kill('worker');
    await eventually('the worker has found its run again', 60, async () => told(follower.events, 'reattached'));
    await installation.kill('api');
    const job = await scene.final();
    await reading;
    await poller.poll();

    expect(job).toMatchObject({ status: 'completed', run_no: 1 });
    await expectWhole(scene);
    const runs = await scene.rows.all(
      'SELECT phase, stage, incarnation FROM executions WHERE job_id = ? ORDER BY phase, stage',
      scene.jobId,
    );
    expect(runs).toEqual([
      { phase: 'prediction', stage: '', incarnation: 1 },
      ...['evaluate', 'seal', 'train'].map((stage) => ({ phase: 'training', stage, incarnation: 1 })),
      { phase: 'visualization', stage: '', incarnation: 1 },
    ]);
    const { executions } = await installation.client.json<TimelineView>(`/jobs/${scene.jobId}/timeline`);
    const training = executions.find(({ stage }) => stage === 'train');
    expect(training).toMatchObject({ phase: 'training', exit: 'exited', lost_seconds: null, loaded_models: 0 });
    expect(training!.reattached_at.length).toBeGreaterThan(0);
    expect(follower.events.filter((event) => isAttempt(event, 'limits_changed'))).toHaveLength(1);
    const { limits } = await installation.client.json<ResultsView>(`/jobs/${scene.jobId}/results`);
    expect(limits).toEqual({ max_models: FEWER_MODELS, max_runtime_secs: null });
    expectOneStory(follower);
    expectWholeLog(poller, printedBy(installation, scene.jobId));
  },
  TIMEOUT_MS,
);

function told(events: JobEvent[], state: string): boolean {
  return events.some((event) => isAttempt(event, state));
}

function isAttempt(event: JobEvent, state: string): boolean {
  return event.type === 'attempt' && event.data.state === state;
}

/** Each number once and in order, over all connections; nothing that was reached is taken back. */
function expectOneStory({ events, connections }: StreamFollower): void {
  expect(connections).toBeGreaterThan(1);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.filter(({ type }) => type === 'end')).toHaveLength(1);
  expect(events.at(-1)!.type).toBe('end');
  const states = events.flatMap((event) => (event.type === 'status' || event.type === 'end' ? [event.data] : []));
  for (const field of ['progress', 'models_trained'] as const) {
    const values = states.map((state) => state[field]);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
  expect(events.filter((event) => event.type === 'attempt' && event.data.state === 'restarted')).toEqual([]);
}

/** Every line that the scripts printed, once and in their order; nothing twice. */
function expectWholeLog({ lines }: LogPoller, printed: string[]): void {
  const ids = lines.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  const messages = lines.map(({ message }) => message);
  expect(printed.length).toBeGreaterThan(10);
  const wanted = new Set(printed);
  expect(messages.filter((message) => wanted.has(message))).toEqual(printed);
}

/** The messages in what the engine kept of each script's output: the truth beside what was passed on live. */
function printedBy({ config }: Installation, jobId: string): string[] {
  const file = path.join(config.codingDir, `pipeline_${jobId}`, 'execution_logs.txt');
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { event: string; message?: string })
    .filter(({ event }) => event === 'log' || event === 'stage')
    .map(({ message }) => message!);
}
