import { diffLines } from 'diff';
import { bestSoFar } from '../../web/src/features/job/api/best-so-far';
import { ganttOf } from '../../web/src/features/job/api/gantt';
import { applyEvents, EMPTY_LIVE, type TrainedModel } from '../../web/src/features/job/api/job-live';
import { changedLines } from '../../web/src/features/job/api/script-changes';
import type { TimelineView } from '../../web/src/lib/types';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();

describe('what ran when', () => {
  const attempt = { phase: 'training', attempt: 1, run_no: 1, outcome: null, failure: null, detail: null } as const;
  const execution = {
    phase: 'training',
    stage: 'train',
    attempt: 1,
    engine: 'local',
    container: 'c',
    exit_code: null,
  } as const;
  const unknown = { seconds: null, peak_memory_bytes: null, cpu_seconds: null, lost_seconds: null };
  const story = { reattached_at: [], loaded_models: 0 };
  const cost = { run_seconds: 0, model_calls: 0, tokens: null, cost_usd: null };
  const timeline: TimelineView = {
    attempts: [{ ...attempt, ...cost, started_at: at(0), finished_at: null }],
    executions: [
      {
        ...execution,
        ...unknown,
        ...story,
        id: 'a',
        incarnation: 1,
        exit: 'lost',
        started_at: at(20),
        finished_at: at(60),
      },
      {
        ...execution,
        ...unknown,
        ...story,
        id: 'b',
        incarnation: 2,
        exit: null,
        started_at: at(80),
        finished_at: null,
      },
    ],
  };
  const restarted = { phase: 'training', attempt: 1, incarnation: 2, detail: 'the worker was gone' } as const;

  test('containers lie within their attempt, and what runs reaches to now', () => {
    const [row] = ganttOf(timeline, [{ ...restarted, state: 'restarted', time: at(80) }], Date.parse(at(100)));
    expect(row!.bar).toEqual({ left: 0, width: 1, seconds: 100 });
    expect(row!.executions.map(({ bar }) => [bar.left, Number(bar.width.toFixed(6)), bar.seconds])).toEqual([
      [0.2, 0.4, 40],
      [0.8, 0.2, 20],
    ]);
    expect(row!.marks).toEqual([{ left: 0.8, state: 'restarted', time: at(80), detail: 'the worker was gone' }]);
  });

  test('a clock of the browser that is behind makes no bar of negative length', () => {
    const [row] = ganttOf(timeline, [], Date.parse(at(-50)));
    expect(row!.bar.width).toBeGreaterThanOrEqual(0);
    expect(row!.executions[1]!.bar.seconds).toBe(0);
  });

  test('nothing yet is no row', () => expect(ganttOf({ attempts: [], executions: [] }, [], 0)).toEqual([]));
});

describe('scores over time', () => {
  const model = (model_id: string, score: number | null, metric: TrainedModel['metric'] = 'rmse'): TrainedModel => ({
    model_id,
    algorithm: 'GBM',
    metric,
    score,
    train_seconds: 1,
    attempt: 1,
  });

  test.each([
    ['lower is better', 'rmse', [5, 7, 3], [5, 5, 3]],
    ['higher is better', 'auc', [0.6, 0.5, 0.9], [0.6, 0.6, 0.9]],
  ] as const)('%s', (_, metric, scores, best) => {
    const points = bestSoFar(scores.map((score, index) => model(String(index), score, metric)));
    expect(points.map((point) => point.best)).toEqual(best);
  });

  test('a model without a score is left out', () => {
    expect(bestSoFar([model('a', null), model('b', 2)]).map((point) => point.number)).toEqual([1]);
  });

  test('a model that the next leaderboard lists again counts once', () => {
    const { attempt: _, ...first } = model('a', 5);
    const { attempt: __, ...second } = model('b', 4);
    const board = (seq: number, rows: (typeof first)[]) =>
      ({ seq, type: 'leaderboard', data: { phase: 'training', attempt: 1, rows } }) as const;
    const live = applyEvents(EMPTY_LIVE, [board(1, [first]), board(2, [second, first])]);
    expect(live.trained.map((one) => one.model_id)).toEqual(['a', 'b']);
  });
});

describe('changes between two scripts', () => {
  const lines = Array.from({ length: 12 }, (_, line) => `line ${line}\n`);
  test('a change stands among its neighbours; the rest is a gap', () => {
    const after = lines.map((line, index) => (index === 6 ? 'other\n' : line)).join('');
    expect(changedLines(diffLines(lines.join(''), after)).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'gap ⋯',
      'same line 3',
      'same line 4',
      'same line 5',
      'removed line 6',
      'added other',
      'same line 7',
      'same line 8',
      'same line 9',
      'gap ⋯',
    ]);
  });
});
