import type { AttemptRow, ExecutionRow } from '../../entities';
import { timelineOf, type TimelineFacts } from './timeline';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
const attempt = { phase: 'training', attempt: 1, run_no: 1, outcome: 'succeeded', failure: null, detail: null };
const execution = {
  id: 'x',
  phase: 'training',
  attempt: 1,
  engine: 'docker',
  container: 'c',
  exit_code: null,
  seconds: 60,
};
const facts = (more: Partial<TimelineFacts> = {}): TimelineFacts => ({
  attempts: [{ ...attempt, started_at: at(0), finished_at: at(200) } as AttemptRow],
  executions: [
    { ...execution, incarnation: 1, exit: 'killed', started_at: at(10), finished_at: at(70) } as ExecutionRow,
    { ...execution, incarnation: 2, exit: 'exited', started_at: at(80), finished_at: at(140) } as ExecutionRow,
  ],
  ...{ reattachments: [], marks: [], turns: [], ...more },
});
const mark = (key: string, message: string, second: number) => ({ key, message, timestamp: at(second) });

it('says what a killed run lost since its last model, and what the next one took over', () => {
  const marks = [
    mark('training-1-1-4', 'Trained GBM_1 (GBM)', 30),
    mark('training-1-1-7', 'Trained GBM_2 (GBM)', 55),
    mark('training-1-2-3', 'GBM_1 is loaded from its checkpoint.', 82),
    mark('training-1-2-4', 'GBM_2 is loaded from its checkpoint.', 83),
    mark('training-1-21-4', 'GBM_3 is loaded from its checkpoint.', 84),
    mark('prediction-1-1-1', 'Trained nothing', 150),
  ];
  const [first, second] = timelineOf(facts({ marks })).executions;
  expect(first).toMatchObject({ lost_seconds: 15, loaded_models: 0, reattached_at: [] });
  expect(second).toMatchObject({ lost_seconds: null, loaded_models: 2 });
});

it('tells the runs of one training apart by their stage', () => {
  const [whole] = facts().executions;
  const executions = ['seal', 'train', 'evaluate'].map((stage) => ({ ...whole, stage }) as ExecutionRow);
  const marks = [
    mark('training-1-train-1-4', 'Trained GBM_1 (GBM)', 30),
    mark('training-1-evaluate-1-4', 'GBM_1 is loaded from its checkpoint.', 60),
  ];
  const reattachments = [{ phase: 'training', attempt: 1, stage: 'seal', incarnation: 1, time: at(20) }];
  const told = timelineOf(facts({ executions, marks, reattachments })).executions;
  expect(told.map((one) => [one.stage, one.lost_seconds, one.loaded_models, one.reattached_at])).toEqual([
    ['seal', 60, 0, [at(20)]],
    ['train', 40, 0, []],
    ['evaluate', 10, 1, []],
  ]);
});

it('a run that had nothing yet has lost all of its time', () => {
  expect(timelineOf(facts()).executions[0]!.lost_seconds).toBe(60);
});

it('names each time at which a worker found a run again', () => {
  const reattachments = [
    { phase: 'training', attempt: 1, incarnation: 1, time: at(20) },
    { phase: 'training', attempt: 1, incarnation: 1, time: at(40) },
    { phase: 'prediction', attempt: 1, incarnation: 1, time: at(150) },
  ];
  const found = timelineOf(facts({ reattachments })).executions.map(({ reattached_at }) => reattached_at);
  expect(found).toEqual([[at(20), at(40)], []]);
});

it('counts what an attempt cost; what is not known is not zero', () => {
  const turn = {
    phase: 'training' as const,
    attempt: 1,
    calls: 2,
    input_tokens: 100,
    output_tokens: 20,
    cost_usd: 0.01,
  };
  const silent = { ...turn, calls: 1, input_tokens: null, output_tokens: null, cost_usd: null };
  const costOf = (turns: TimelineFacts['turns']) => timelineOf(facts({ turns })).attempts[0];
  expect(costOf([turn, silent])).toMatchObject({ run_seconds: 120, model_calls: 3, tokens: 120, cost_usd: 0.01 });
  expect(costOf([silent])).toMatchObject({ model_calls: 1, tokens: null, cost_usd: null });
  expect(costOf([])).toMatchObject({ model_calls: 0, tokens: null, cost_usd: null });
});
