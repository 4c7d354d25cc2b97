import type { JobEvent } from '../contracts/events';
import type { LeaderboardRow } from '../contracts/execution';
import type { JobView } from '../contracts/jobs';
import { advance, bestOf, liveLines, NO_PROGRESS } from './progress';

const row = (model_id: string, score: number | null, metric: LeaderboardRow['metric'] = 'rmse'): LeaderboardRow => ({
  model_id,
  algorithm: model_id.split('_')[0] as string,
  metric,
  score,
  train_seconds: 1,
});
const leaderboard = (...rows: LeaderboardRow[]): JobEvent => ({
  seq: 1,
  type: 'leaderboard',
  data: { phase: 'training', attempt: 1, rows },
});
const status = (patch: Partial<JobView>): JobEvent => ({
  seq: 1,
  type: 'status',
  data: { models_trained: 0, ...patch } as JobView,
});
const attempt = (number: number, state: 'started' | 'restarted'): JobEvent => ({
  seq: 1,
  type: 'attempt',
  data: {
    phase: 'training',
    attempt: number,
    incarnation: 1,
    state,
    detail: 'Fewer models.',
    time: '2026-11-23T10:00:00Z',
  },
});

test.each([
  ['an error: the lowest', [row('GBM_1', 3), row('GLM_1', 2), row('DRF_1', 9)], 'GLM_1'],
  ['AUC: the highest', [row('GBM_1', 0.7, 'auc'), row('GLM_1', 0.9, 'auc')], 'GLM_1'],
  ['a failed model is never the best', [row('GBM_1', null), row('GLM_1', 2)], 'GLM_1'],
  ['nothing scored', [row('GBM_1', null)], undefined],
])('best of %s', (_name, rows, best) => {
  expect(bestOf(rows)?.model_id).toBe(best);
});

test('plain lines tell of a better model once', () => {
  const first = advance(NO_PROGRESS, leaderboard(row('GBM_1', 512.34)));
  expect(first.lines).toEqual(['best so far GBM, RMSE 512.3']);
  expect(advance(first.progress, leaderboard(row('GBM_1', 512.34), row('GLM_1', 600))).lines).toEqual([]);
});

test('plain lines tell of phases and of the models that are trained', () => {
  const { progress } = advance(NO_PROGRESS, leaderboard(row('GBM_1', 512.34)));
  const training = advance(progress, status({ phase: 'training', progress: 12 }));
  expect(training.lines).toEqual(['phase training (12 %)']);
  const trained = advance(training.progress, status({ phase: 'training', progress: 20, models_trained: 1 }));
  expect(trained.lines).toEqual(['1 model trained, best so far GBM, RMSE 512.3']);
  expect(advance(trained.progress, status({ phase: 'training', progress: 25, models_trained: 1 })).lines).toEqual([]);
});

test('a first attempt goes without saying, a repair does not', () => {
  expect(advance(NO_PROGRESS, attempt(1, 'started')).lines).toEqual([]);
  expect(advance(NO_PROGRESS, attempt(2, 'started')).lines).toEqual(['training, attempt 2: started. Fewer models.']);
  expect(advance(NO_PROGRESS, attempt(1, 'restarted')).lines).toHaveLength(1);
});

test('a question is told once, with the commands that answer it', () => {
  const question: JobView['question_detail'] = {
    id: 'target-1',
    kind: 'choice',
    text: 'Which\u0007column?',
    choices: [
      { id: 'c1', label: 'north' },
      { id: 'revise', label: 'Change' },
    ],
    default: 'c1',
    deadline: '2026-01-01T00:00:00Z',
  };
  const asked = advance(NO_PROGRESS, status({ id: 'a', question_detail: question }));
  expect(asked.lines).toEqual(['Which column?', '  automl answer a c1   north']);
  expect(advance(asked.progress, status({ id: 'a', question_detail: question, progress: 3 })).lines).toEqual([]);
});

test("an agent's words reach the terminal without control sequences", () => {
  const data = {
    id: 1,
    job_id: 'a',
    agent_name: 'Analyst',
    content: 'fine\u001b[2J\u0007\nreally',
    message_type: 'agent',
    timestamp: '2026-11-23T10:00:00Z',
    source: 'template',
  } as const;
  expect(advance(NO_PROGRESS, { seq: 1, type: 'message', data }).lines).toEqual(['Analyst: fine really']);
});

test('the live view stays inside the terminal', () => {
  const { progress } = advance(NO_PROGRESS, leaderboard(row('StackedEnsemble_1', 512.34)));
  const lines = liveLines({ ...progress, message: 'x'.repeat(300) }, 61_000, 60);
  expect(lines.every((line) => line.length < 60)).toBe(true);
  expect(lines[0]).toContain('1 min 1 s');
});
