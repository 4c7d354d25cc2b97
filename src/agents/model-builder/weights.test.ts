import { analysisInputOf, briefOf, jumble, type Table, values } from '../../../test/support/agent-inputs';
import type { AnalysisReport } from '../../contracts/analysis';
import { analyse } from '../data-processor/template';
import { chooseWeight } from './weights';

const ROWS = 60;
const real = (salt: number) => values(ROWS, (row) => (1 + 90 * jumble(row, salt)).toFixed(1));
const TABLE: Table = {
  income: real(0),
  fnlwgt: values(ROWS, (row) => 1 + Math.floor(90 * jumble(row, 1))),
  'Survey Weight': real(2),
  size: real(3),
  'size class': values(ROWS, (row) => ['s', 'm', 'l'][row % 3]!),
  change: values(ROWS, (row) => (jumble(row, 4) - 0.5).toFixed(2)),
};

async function reportOf(table: Table, target: string): Promise<AnalysisReport> {
  const job = { prompt: `Predict ${target}`, target_column: target };
  return (await analyse(analysisInputOf(table, job), { signal: new AbortController().signal })).output;
}

describe('what a goal says of weights', () => {
  it.each<[string, string | null]>([
    ['Predict income weighted by fnlwgt', 'fnlwgt'],
    ['Predict income. Rows are weighted with “Survey Weight”.', 'Survey Weight'],
    ['Predict income; the sampling weights are in the column FNLWGT', 'fnlwgt'],
    ['Predict income (survey weight: fnlwgt)', 'fnlwgt'],
    ['Predict income, weights: fnlwgt', 'fnlwgt'],
    ['Predict income, row weights are `size`', 'size'],
    ['Weight each row by fnlwgt and predict income', 'fnlwgt'],
    ['Predict income with survey_weight as the weight of each row', 'Survey Weight'],
    ['Predict income. fnlwgt is the weight.', 'fnlwgt'],
    ['Predecir income ponderado por fnlwgt', 'fnlwgt'],
    ['Predecir income, los pesos están en fnlwgt', 'fnlwgt'],
    ['Predecir income con el factor de expansión fnlwgt', 'fnlwgt'],
    ['Predecir income usando fnlwgt como peso', 'fnlwgt'],
    ['Predict income from fnlwgt and size', null],
    ['Predict income weighted by what matters', null],
    ['Predict income weighted by size class', null],
    ['Predict income weighted by income', null],
    ['Predict income weighted by change', null],
    ['Predict income. size is the weight of a house in tons.', null],
    ['Predecir income en pesos en fnlwgt', null],
  ])('%s: %s', async (prompt, column) => {
    const { value, reason } = chooseWeight(await reportOf(TABLE, 'income'), briefOf({ prompt }));
    expect(value).toBe(column);
    expect(reason).toBe(column === null ? '' : `Rows count as "${column}" says, in training and in every metric.`);
  });

  it('is of what is predicted, where that is a weight', async () => {
    const report = await reportOf({ weight: real(0), size: real(1) }, 'weight');
    const said = (prompt: string) => chooseWeight(report, briefOf({ prompt })).value;
    expect(said('The weights are in size')).toBeNull();
    expect(said('Predict weight, weighted by size')).toBe('size');
  });
});

describe('a weight that was asked for', () => {
  const asked = (report: AnalysisReport, weight_column: string) =>
    chooseWeight(report, briefOf({ prompt: 'Predict income weighted by fnlwgt', options: { weight_column } })).value;

  it('stands above the goal, however it is spelt', async () => {
    const report = await reportOf(TABLE, 'income');
    expect(['size', ' Size', 'SURVEY_WEIGHT'].map((name) => asked(report, name))).toEqual([
      'size',
      'size',
      'Survey Weight',
    ]);
  });

  it.each([
    ['nothing', 'The weight column "nothing" does not exist.'],
    ['?', 'The weight column "?" does not exist.'],
    ['income', '"income" can\'t say how much rows count: it is what is predicted.'],
    ['size class', '"size class" can\'t say how much rows count: it needs numbers from 0 up.'],
    ['change', '"change" can\'t say how much rows count: it needs numbers from 0 up.'],
  ])('%s stops the job, with the reason and what could', async (name, reason) => {
    const report = await reportOf(TABLE, 'income');
    const message = `${reason} Columns that could: "fnlwgt", "Survey Weight" and "size".`;
    const failure = expect.objectContaining({ category: 'data', code: 'weight_unfit', message }) as unknown;
    expect(() => asked(report, name)).toThrow(expect.objectContaining({ failure }) as Error);
  });

  it('is nothing to a series', async () => {
    expect(asked({ ...(await reportOf(TABLE, 'income')), task: 'forecasting' }, 'nothing')).toBeNull();
  });
});
