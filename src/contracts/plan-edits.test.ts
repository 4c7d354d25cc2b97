import { buildInputOf } from '../../test/support/agent-runs';
import { analysisInputOf, jumble, type Table, values } from '../../test/support/agent-inputs';
import { analyse } from '../agents/data-processor/template';
import { firstPlan } from '../agents/model-builder/plan';
import type { AnalysisReport } from './analysis';
import { applyPlanEdits, planBounds, type PlanEdits, planProblems, weightColumns } from './plan-edits';
import { TrainingPlan } from './plans';

const ROWS = 300;
const TABLE: Table = {
  size: values(ROWS, (row) => (20 + 90 * jumble(row, 1)).toFixed(1)),
  shop: values(ROWS, (row) => `s${row % 40}`),
  owner: values(ROWS, (row) => `o${row % 60}`),
  price: values(ROWS, (row) => (500 + 90 * jumble(row)).toFixed(1)),
};

async function planned() {
  const job = { prompt: 'Predict price', target_column: 'price' };
  const { output: report } = await analyse(analysisInputOf(TABLE, job), { signal: new AbortController().signal });
  const { plan } = firstPlan(buildInputOf('training', report));
  return { plan, bounds: planBounds(report, plan, 10) };
}

test.each<[PlanEdits, Partial<TrainingPlan>]>([
  [{ target_encoding: ['shop'] }, { target_encoding: ['shop'] }],
  [{ features: ['size', 'shop'] }, { features: ['size', 'shop'], target_encoding: [] }],
  [
    { group_column: 'owner' },
    {
      features: ['size', 'shop'],
      validation: {
        ...{ scheme: 'group', group_column: 'owner', folds: 5 },
        ...{ holdout_rows: null, holdout_fraction: 0.2 },
      },
    },
  ],
  [{ weight_column: 'size' }, { weight_column: 'size', features: ['shop', 'owner'] }],
  [
    { weight_column: 'size', features: ['size', 'shop'] },
    { weight_column: 'size', features: ['shop'] },
  ],
  [{ weight_column: null }, { weight_column: null, features: ['size', 'shop', 'owner'] }],
  [{ target_transform: 'log' }, { target_transform: 'log' }],
  [
    { monotone_increasing: ['size'] },
    { monotone_increasing: ['size'], algorithms: ['XGBoost', 'GBM', 'StackedEnsemble'] },
  ],
])('%j is carried out', async (edits, expected) => {
  const { plan, bounds } = await planned();
  const edited = applyPlanEdits(plan, edits);
  expect(edited).toMatchObject(expected);
  expect(planProblems(edited, bounds)).toEqual([]);
});

test.each<[PlanEdits, string]>([
  [{ target_encoding: ['size'] }, 'target_encoding, text_features: not among the features with words: "size"'],
  [{ features: ['size'], text_features: ['shop'] }, 'not among the features with words: "shop"'],
  [{ monotone_increasing: ['shop'] }, 'monotone: not among the numeric features: "shop"'],
  [{ monotone_increasing: ['size'], monotone_decreasing: ['size'] }, 'monotone: both ways at once: "size"'],
  [{ monotone_increasing: ['size'], algorithms: ['GLM', 'GBM'] }, "algorithms: GLM can't keep a direction"],
  [{ group_column: 'price' }, 'group_column: "price" can\'t group the rows'],
  [{ group_column: 'nobody' }, 'group_column: "nobody" can\'t group the rows'],
  [{ weight_column: 'shop' }, 'weight_column: "shop" can\'t weigh the rows: numbers from 0 up are needed'],
  [{ weight_column: 'price' }, 'weight_column: "price" can\'t weigh the rows'],
  [{ weight_column: 'nobody' }, 'weight_column: "nobody" can\'t weigh the rows'],
  [{ group_column: 'size', weight_column: 'size' }, 'weight_column: what names a group is no weight'],
])('%j is refused', async (edits, problem) => {
  const { plan, bounds } = await planned();
  expect(planProblems(applyPlanEdits(plan, edits), bounds).join('; ')).toContain(problem);
});

test('what weighs the rows of the plan is no feature, and a forecast has none', async () => {
  const { plan, bounds } = await planned();
  const weighed = applyPlanEdits(plan, { weight_column: 'size' });
  const relearnt = applyPlanEdits(weighed, { features: ['size', 'shop'] });
  expect(planProblems(relearnt, bounds)).toEqual(['weight_column: what weighs the rows is no feature']);
  const forecast = planProblems({ ...weighed, task: 'forecasting', lags: [1] }, bounds);
  expect(forecast).toContain('weight_column: only a table has one');
});

test.each<[string, (row: number) => number | string, boolean]>([
  ['numbers from 0 up', (row: number) => row % 3, true],
  ['numbers below 0', (row: number) => (row % 3) - 1, false],
  ['nothing but 0', () => 0, false],
  ['words', (row: number) => `w${row % 3}`, false],
])('whether rows may be weighed by %s', async (_what, make, fits) => {
  const table = { ...TABLE, counted: values(ROWS, make) };
  const job = { prompt: 'Predict price', target_column: 'price' };
  const { output: report } = await analyse(analysisInputOf(table, job), { signal: new AbortController().signal });
  const names = (of: AnalysisReport) => weightColumns(of).map(({ name }) => name);
  expect(names(report)).toEqual(fits ? ['size', 'counted'] : ['size']);
  expect(names({ ...report, task: 'forecasting' })).toEqual([]);
});

test('a plan of an older version has none of the newer fields, and parses', async () => {
  const { plan } = await planned();
  const fields = [
    ...['target_encoding', 'text_features', 'target_transform', 'monotone_increasing', 'monotone_decreasing'],
    'weight_column',
  ];
  const old = Object.fromEntries(Object.entries(plan).filter(([name]) => !fields.includes(name)));
  const usual = { target_encoding: [], text_features: [], target_transform: 'none', weight_column: null };
  expect(TrainingPlan.parse(old)).toMatchObject(usual);
});
