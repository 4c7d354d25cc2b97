import { analysisInputOf, jumble, type Table, values } from '../../../test/support/agent-inputs';
import type { AnalysisReport } from '../../contracts/analysis';
import { analyse } from '../data-processor/template';
import { chooseGroup, chooseTableRecipe } from './table-recipe';

const signal = new AbortController().signal;
const ROWS = 300;
const price = values(ROWS, (row) => (500 + 90 * jumble(row)).toFixed(1));
const prices = values(6000, (row) => (500 + 90 * jumble(row)).toFixed(1));

async function reportOf(table: Table, target = 'price'): Promise<AnalysisReport> {
  const job = { prompt: `Predict ${target}`, target_column: target };
  return (await analyse(analysisInputOf(table, job), { signal })).output;
}

describe('a table’s recipe', () => {
  it.each<[string, Table, Partial<ReturnType<typeof chooseTableRecipe>['value']>]>([
    ['few values', { kind: values(ROWS, (row) => `k${row % 5}`), price }, { target_encoding: [] }],
    ['more values', { shop: values(ROWS, (row) => `s${row % 100}`), price }, { target_encoding: [] }],
    ['many values', { shop: values(6000, (row) => `s${row % 2500}`), price: prices }, { target_encoding: ['shop'] }],
    ['a value a row', { code: values(6000, (row) => `c${row % 5000}`), price: prices }, { target_encoding: [] }],
    [
      'texts',
      { text: values(ROWS, (row) => `${['fine', 'old'][row % 2]} house number ${row} with garden`), price },
      { text_features: ['text'], target_encoding: [] },
    ],
    ['a target without a tail', { size: price, price }, { target_transform: 'none' }],
    [
      'a target with a tail',
      { size: values(ROWS, (row) => row), price: values(ROWS, (row) => Math.exp(8 * jumble(row)).toFixed(2)) },
      { target_transform: 'auto' },
    ],
    [
      'a tail below zero',
      { size: values(ROWS, (row) => row), price: values(ROWS, (row) => (Math.exp(8 * jumble(row)) - 5).toFixed(2)) },
      { target_transform: 'none' },
    ],
  ])('%s', async (_name, table, expected) => {
    const { value, reason } = chooseTableRecipe(await reportOf(table), 10);
    expect(value).toMatchObject(expected);
    const told = value.target_encoding.length + value.text_features.length > 0 || value.target_transform === 'auto';
    expect(reason !== '').toBe(told);
  });

  it('tries no logarithm where models are few', async () => {
    const skewed = values(ROWS, (row) => Math.exp(8 * jumble(row)).toFixed(2));
    const report = await reportOf({ size: values(ROWS, (row) => row), price: skewed });
    expect(chooseTableRecipe(report, 3).value.target_transform).toBe('none');
  });

  it('takes a number of persons that weighs the rows for no group', async () => {
    const report = await reportOf({ persons: values(ROWS, (row) => 1 + ((row * 7) % 60)), size: price, price });
    expect([chooseGroup(report), chooseGroup(report, 'persons')]).toEqual(['persons', null]);
  });

  it.each<[string, string, number, string | null]>([
    ['patients that come again', 'patient_id', 60, 'patient_id'],
    ['subjects', 'Subject', 60, 'Subject'],
    ['one row each', 'patient_id', ROWS, null],
    ['too few', 'subject', 4, null],
    ['shops', 'shop_id', 60, null],
    ['a measure of persons', 'persons in house', 12, null],
  ])('groups by %s', async (_name, column, groups, expected) => {
    const report = await reportOf({ [column]: values(ROWS, (row) => `g${(row * 7) % groups}`), size: price, price });
    expect(chooseGroup(report)).toBe(expected);
  });
});
