import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { workflowIdOf, type JobOptions } from '../../src/contracts/jobs';
import type { Question } from '../../src/contracts/questions';
import type { JobStatus, Phase } from '../../src/contracts/status';
import { WAITING_FOR } from '../../src/contracts/steps';
import { EXIT } from '../../src/cli/exit-codes';
import { runCommandLine } from '../../src/cli/main';
import { createEngine } from '../../src/engines';
import { AuditRow, Database, JobRow } from '../../src/entities';
import { createLogger } from '../../src/logger';
import { Reconciler } from '../../src/reconciler';
import { JobWorkflows } from '../../src/temporal/client';
import { startTemporal } from '../support/temporal';
import { CSV, startApi, type TestApi } from './support/api';

let temporal: TestWorkflowEnvironment;
let api: TestApi;

beforeAll(async () => {
  temporal = await startTemporal();
  api = await startApi({ TEMPORAL_ADDRESS: temporal.address, EXECUTION_ENGINE: 'local' });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await temporal?.teardown();
});

async function started(on = api, status?: JobStatus, phase: Phase = 'training'): Promise<string> {
  const id = await on.job();
  await on.upload(id, CSV);
  if (status) await on.store.updateJob({ job_id: id, run_no: 1 }, { status, phase });
  return id;
}

/** What a job's workflow was told, in order. */
async function signals(id: string): Promise<string[]> {
  const history = await temporal.client.workflow.getHandle(workflowIdOf(id)).fetchHistory();
  return (history.events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    if (!signal) return [];
    const args = (signal.input?.payloads ?? []).map((payload) => Buffer.from(payload.data ?? []).toString());
    return [[signal.signalName, ...args].join(' ')];
  });
}

async function audited(id: string): Promise<string[]> {
  const database = await Database.open(api.config.databaseUrl);
  try {
    const rows = await database.read((manager) =>
      manager.find(AuditRow, { where: { job_id: id }, order: { id: 'ASC' } }),
    );
    return rows.map((row) => row.action);
  } finally {
    await database.close();
  }
}

/** Makes the row one that nobody has touched for a while. */
async function leaveAlone(id: string): Promise<void> {
  const database = await Database.open(api.config.databaseUrl);
  const updated_at = new Date(Date.now() - 60_000).toISOString();
  await database.write((manager) => manager.update(JobRow, { id }, { updated_at }));
  await database.close();
}

const post = async (id: string, what: string, body?: unknown, headers?: Record<string, string>) =>
  await api.call('POST', `/jobs/${id}/${what}`, body, headers);

describe('pause and resume', () => {
  it('tell the workflow and show on the job; asked twice is a conflict', async () => {
    const id = await started();
    expect(await post(id, 'pause')).toMatchObject({ status: 200, body: { previous_status: 'queued' } });
    expect((await api.call('GET', `/jobs/${id}`)).body).toMatchObject({ pause_requested: true, status: 'queued' });
    expect(await post(id, 'pause')).toMatchObject({ status: 409, body: { code: 'already_paused' } });
    expect((await post(id, 'resume')).status).toBe(200);
    expect((await api.call('GET', `/jobs/${id}`)).body.pause_requested).toBe(false);
    expect(await post(id, 'resume')).toMatchObject({ status: 409, body: { code: 'not_paused' } });
    expect(await signals(id)).toEqual(['pause', 'resume']);
    expect(await audited(id)).toEqual(['create', 'upload', 'pause', 'resume']);
  });

  it('are refused where nothing runs', async () => {
    expect(await post('nobody', 'pause')).toMatchObject({ status: 404, body: { code: 'job_not_found' } });
    const early = await api.job();
    expect(await post(early, 'pause')).toMatchObject({ status: 409, body: { code: 'not_started' } });
    const stopping = await started();
    await post(stopping, 'pause');
    await post(stopping, 'cancel');
    expect(await post(stopping, 'resume')).toMatchObject({ status: 409, body: { code: 'being_cancelled' } });
    await api.store.updateJob({ job_id: stopping, run_no: 1 }, { status: 'cancelled' });
    expect(await post(stopping, 'pause')).toMatchObject({ status: 409, body: { code: 'already_final' } });
    // The wish ends with the run, and a new run begins without it.
    expect((await api.store.getJob(stopping))?.pause_requested).toBe(false);
  });

  it('that Temporal did not hear are told again by the reconciler, once for each state of the row', async () => {
    const id = await started();
    await api.store.requestPause(id, true);
    const workflows = JobWorkflows.connect(api.config);
    const engine = await createEngine(api.config, () => undefined);
    const reconciler = new Reconciler({ store: api.store, workflows, engine, log: createLogger('test', false) });
    await leaveAlone(id);
    try {
      await reconciler.turn();
      await reconciler.turn();
      expect(await signals(id)).toEqual(['pause']);
      await api.store.updateJob({ job_id: id, run_no: 1 }, { status: 'paused' });
      await leaveAlone(id);
      await reconciler.turn();
      expect(await signals(id)).toEqual(['pause']);
      await api.store.requestPause(id, false);
      await leaveAlone(id);
      await reconciler.turn();
      await reconciler.turn();
      expect(await signals(id)).toEqual(['pause', 'resume']);
    } finally {
      await workflows.close();
    }
  });
});

describe('the approval gate', () => {
  it('is answered only while the job waits for it', async () => {
    const id = await started();
    expect(await post(id, 'approve', { answer: 'approve' })).toMatchObject({
      status: 409,
      body: { code: 'not_awaiting_approval' },
    });
    await api.store.updateJob({ job_id: id, run_no: 1 }, { status: 'awaiting_user_input' });
    expect((await post(id, 'approve', { answer: 'perhaps' })).status).toBe(422);
    expect((await post(id, 'approve', { answer: 'reject' })).status).toBe(200);
    expect(await signals(id)).toEqual(['answer "reject"']);
    expect(await audited(id)).toContain('answer');
  });

  it('takes a clear yes in a message, and stores every message once a key', async () => {
    const id = await started(api, 'awaiting_user_input');
    const key = { 'idempotency-key': 'one' };
    expect(await post(id, 'messages', { content: 'Which models?' })).toMatchObject({
      status: 201,
      body: { message_type: 'user', answer: null },
    });
    const first = await post(id, 'messages', { content: 'Sí, adelante' }, key);
    expect(first.body).toMatchObject({ answer: 'approve', content: 'Sí, adelante' });
    const again = await post(id, 'messages', { content: 'Sí, adelante' }, key);
    expect(again.body.id).toBe(first.body.id);
    expect(await post(id, 'messages', { content: 'No' }, key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    expect((await api.call('GET', `/jobs/${id}/messages`)).body).toHaveLength(2);
    expect(new Set(await signals(id))).toEqual(new Set(['answer "approve"']));
    expect((await post(id, 'messages', { content: ' ' })).status).toBe(422);
    await api.store.updateJob({ job_id: id, run_no: 1 }, { status: 'failed' });
    expect(await post(id, 'messages', { content: 'Yes' })).toMatchObject({ status: 409 });
  });

  it('says so when Temporal is away, and stores nothing', async () => {
    const alone = await startApi();
    try {
      const id = await started(alone, 'awaiting_user_input');
      const answer = await alone.call('POST', `/jobs/${id}/messages`, { content: 'yes' });
      expect(answer).toMatchObject({ status: 503, body: { code: 'answer_not_heard' } });
      expect((await alone.call('GET', `/jobs/${id}/messages`)).body).toEqual([]);
      expect((await alone.call('POST', `/jobs/${id}/pause`)).status).toBe(200);
    } finally {
      await alone.stop();
    }
  }, 90_000);
});

describe('changes of the training plan', () => {
  it('are for a plan that waits, and of what a plan has', async () => {
    const id = await started();
    expect(await post('nobody', 'plan', {})).toMatchObject({ status: 404 });
    expect(await api.call('GET', `/jobs/${id}/plan`)).toMatchObject({ status: 409, body: { code: 'not_ready' } });
    expect(await post(id, 'plan', { folds: 3 })).toMatchObject({
      status: 409,
      body: { code: 'not_awaiting_approval' },
    });
    await api.store.updateJob({ job_id: id, run_no: 1 }, { status: 'awaiting_user_input' });
    for (const wrong of [{ target: 'x' }, { algorithms: ['SVM'] }, { folds: 1 }, { lags: [0] }, { max_models: 0 }]) {
      expect(await post(id, 'plan', wrong)).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    }
    expect((await post(id, 'plan', { folds: 3, max_models: 2 })).status).toBe(200);
    expect((await api.store.getJob(id))?.options).toMatchObject({ plan: { folds: 3 }, max_models: 2 });
    expect(await signals(id)).toEqual(['answer "revise"']);
    expect(await audited(id)).toEqual(['create', 'upload', 'plan', 'answer']);
  });

  it('are no answer to the question about a budget, which has one of its own', async () => {
    const id = await started();
    const waits = { status: 'awaiting_user_input' as const, waiting_for: WAITING_FOR.budget };
    await api.store.updateJob({ job_id: id, run_no: 1 }, waits);
    expect((await api.call('GET', `/jobs/${id}`)).body.question).toBe('budget');
    expect(await post(id, 'plan', { folds: 3 })).toMatchObject({
      status: 409,
      body: { code: 'not_awaiting_approval' },
    });
    const raised = await api.call('PATCH', `/jobs/${id}`, { model_budget: { calls: 50 } });
    expect(raised.body.message).toBe('model_budget: with the next question to a model.');
    expect((await post(id, 'approve', { answer: 'approve' })).body.message).toBe('The job goes on.');
    expect(await signals(id)).toEqual(['answer "approve"']);
  });

  it('are an answer to a result that is shown, as long as it may be trained again', async () => {
    const id = await started(api, 'visualizing', 'visualization');
    const question: Question = {
      id: 'final-1-1',
      kind: 'final',
      text: 'The result is there.',
      choices: ['approve', 'revise', 'reject'].map((choice) => ({ id: choice, label: choice })),
      default: 'approve',
      deadline: '2030-01-01T00:00:00.000Z',
    };
    const ask = async (more: Partial<Question>) => {
      const asked = { ...question, ...more };
      const waits = { status: 'awaiting_user_input' as const, waiting_for: WAITING_FOR.final, question: asked };
      await api.store.updateJob({ job_id: id, run_no: 1 }, waits);
    };
    await ask({});
    const { body: job } = await api.call('GET', `/jobs/${id}`);
    expect(job).toMatchObject({ question: 'final', question_detail: question });
    for (const [given, status, code] of [
      [{ answer: 'perhaps' }, 422, 'unknown_choice'],
      [{ answer: 'revise' }, 422, 'changes_missing'],
      [{ answer: 'approve', question: 'plan-1' }, 409, 'other_question'],
    ] as const) {
      expect(await post(id, 'approve', given)).toMatchObject({ status, body: { code } });
    }
    expect((await post(id, 'plan', { algorithms: ['GLM'] })).body.message).toMatch(/trained again/);
    await ask({ id: 'final-1-2', choices: question.choices.filter((choice) => choice.id !== 'revise') });
    expect(await post(id, 'plan', { algorithms: ['DRF'] })).toMatchObject({
      status: 409,
      body: { code: 'trained_often' },
    });
    const given = await post(id, 'approve', { answer: 'approve', question: 'final-1-2' });
    expect(given.body.message).toBe('The job ends with this result.');
    expect(await signals(id)).toEqual(['answer "revise" "final-1-1"', 'answer "approve" "final-1-2"']);
    await api.store.updateJob({ job_id: id, run_no: 1 }, { status: 'finalizing' });
    expect((await api.store.getJob(id))?.question_detail).toBeNull();
  });

  it('of the budget can be the very answer: the choice says what it changes', async () => {
    const id = await started();
    const raised = { calls: 40 };
    const question: Question = {
      id: 'budget-1-{}',
      kind: 'budget',
      text: 'The budget is used up.',
      choices: [
        { id: 'raise', label: 'Raise to 40 calls', changes: { model_budget: raised } },
        { id: 'approve', label: 'Go on with templates' },
      ],
      default: 'approve',
      deadline: '2030-01-01T00:00:00.000Z',
    };
    const waits = { status: 'awaiting_user_input' as const, waiting_for: WAITING_FOR.budget, question };
    await api.store.updateJob({ job_id: id, run_no: 1 }, waits);
    expect((await post(id, 'messages', { content: 'Raise to 40 calls, please' })).body.answer).toBe('raise');
    expect((await api.store.getJob(id))?.options.model_budget).toEqual(raised);
    expect(await signals(id)).toEqual(['answer "raise" "budget-1-{}"']);
  });

  it('come with a retry that trains', async () => {
    const id = await started(api, 'failed');
    const late = await post(id, 'retry', { from: 'prediction', plan: { folds: 3 } });
    expect(late).toMatchObject({ status: 422, body: { code: 'plan_without_training' } });
    const unreached = await post(id, 'retry', { plan: { folds: 3 } });
    expect(unreached).toMatchObject({ status: 409, body: { code: 'phase_not_reached' } });
    expect((await api.store.getJob(id))?.options).not.toHaveProperty('plan');
    expect((await post(id, 'retry', { from: 'analysis', plan: { folds: 3 } })).status).toBe(200);
    expect((await api.store.getJob(id))?.options).toEqual({ plan: { folds: 3 } });
  });
});

test('the terminal answers the question that is open, and says why it can not', async () => {
  const id = await started();
  const told: string[] = [];
  const write = (text: unknown) => Boolean(told.push(String(text)));
  const spies = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockImplementation(write));
  const terminal = (choice: string) => runCommandLine(['node', 'automl', '--url', api.url, 'answer', id, choice]);
  try {
    expect(await terminal('approve')).toBe(EXIT.failed);
    await api.store.updateJob({ job_id: id, run_no: 1 }, { status: 'awaiting_user_input' });
    expect(await terminal('perhaps')).toBe(EXIT.failed);
    expect(await terminal('approve')).toBe(EXIT.completed);
  } finally {
    spies.forEach((spy) => spy.mockRestore());
  }
  const words = told.join('');
  for (const part of ['does not wait for an approval', 'none of the choices', 'training starts']) {
    expect(words).toContain(part);
  }
  expect(await signals(id)).toEqual(['answer "approve"']);
});

describe('several drafts of a training', () => {
  it('are few at most; what is kept is what every reader sees', async () => {
    for (const search of [0, 6, 1.5]) {
      const refused = await api.call('POST', '/jobs', { name: 'Sales', prompt: 'Forecast', search });
      expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_request' } });
    }
    const id = await api.job({ search: 2 });
    await api.upload(id, CSV);
    const run = { job_id: id, run_no: 1 };
    await api.store.updateJob(run, { status: 'training_model', phase: 'training' });
    for (const attempt of [1, 2]) {
      await api.store.openAttempt(run, 'training', attempt);
      const row = { model_id: `GBM_${attempt}`, algorithm: 'GBM', metric: 'mae' as const, train_seconds: 1 };
      await api.store.putLeaderboard(run, 'training', attempt, [{ ...row, score: attempt }]);
      const model = { name: `GBM (attempt ${attempt})`, model_path: 'model.zip', metrics: {}, baseline: null };
      await api.store.saveModel(run, { ...model, attempt, metric: 'mae' });
      await api.store.finishAttempt(run, 'training', attempt, { outcome: 'succeeded' });
    }
    await api.store.keepDraft(run, 1, [{ attempt: 2, why: 'Attempt 1 validates better.' }]);
    await api.store.keepDraft(run, 1, [{ attempt: 2, why: 'Attempt 1 validates better.' }]);
    const { body: timeline } = await api.call('GET', `/jobs/${id}/timeline`);
    expect(timeline.attempts).toMatchObject([
      { attempt: 1, outcome: 'succeeded' },
      { attempt: 2, outcome: 'not_chosen', detail: 'Attempt 1 validates better.' },
    ]);
    const { body: leaderboard } = await api.call('GET', `/jobs/${id}/leaderboard`);
    expect(leaderboard).toMatchObject([{ model_id: 'GBM_1', attempt: 1 }]);
    const { body: models } = await api.call('GET', `/jobs/${id}/models`);
    expect(models).toMatchObject([{ name: 'GBM (attempt 1)' }]);
    const shown = (await api.store.events(id, 0, 100)).filter((event) => event.type === 'leaderboard');
    expect(shown.map(({ data }) => data.attempt)).toEqual([1, 2, 1]);
  });
});

describe('a change while the job runs', () => {
  it('is validated, stored, and says when each part counts', async () => {
    const id = await started(api, 'training_model');
    await api.call('PATCH', `/jobs/${id}`, { horizon: 7, max_models: 9 });
    const changes = { prompt: 'Forecast a month', max_models: null, max_runtime_secs: 60, webhook_url: 'http://a.b/c' };
    const { status, body } = await api.call('PATCH', `/jobs/${id}`, changes);
    expect(status).toBe(200);
    const options: JobOptions = { horizon: 7, max_runtime_secs: 60, webhook_url: 'http://a.b/c' };
    expect(body.job).toMatchObject({ prompt: 'Forecast a month', options });
    expect(body.job.options).not.toHaveProperty('max_models');
    expect(body.message).toMatch(/^prompt: with the next analysis.*Training budget: a training that runs .*at once\.$/);
    expect((await api.call('GET', `/jobs/${id}`)).body.options).toEqual(options);
  });

  it.each([
    [{}, 'nothing'],
    [{ max_models: 0 }, 'too few models'],
    [{ seed: 3 }, 'what may not change'],
    [{ webhook_url: 'nowhere' }, 'no address'],
  ])('refuses %j: %s', async (changes: object, _what: string) => {
    const id = await started();
    expect(await api.call('PATCH', `/jobs/${id}`, changes)).toMatchObject({
      status: 422,
      body: { code: 'invalid_request' },
    });
  });

  it('comes too late for a final job', async () => {
    const id = await started(api, 'completed', 'final_check');
    expect(await api.call('PATCH', `/jobs/${id}`, { max_models: 3 })).toMatchObject({
      status: 409,
      body: { code: 'already_final' },
    });
  });
});
