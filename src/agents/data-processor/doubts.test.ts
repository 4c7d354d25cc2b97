import { analysisInputOf, datasetOf, days, jumble, values, type Table } from '../../../test/support/agent-inputs';
import type { JobBrief } from '../agent';
import { dateDoubt, openDoubts, withSettled } from './doubts';
import { analyse } from './template';

const sales = (salt: number) => values(120, (row) => (100 + 20 * Math.sin(row) + 5 * jumble(row, salt)).toFixed(2));
const TWINS: Table = { date: days(120), north: sales(1), south: sales(2) };

async function doubtsOf(table: Table, job: Partial<JobBrief>) {
  const input = analysisInputOf(table, job);
  const { output } = await analyse(input, { signal: new AbortController().signal });
  return { input, output, doubts: openDoubts(input.job, output) };
}

test.each<[string, Table, Partial<JobBrief>, string[]]>([
  ['two columns alike and no horizon', TWINS, { prompt: 'Forecast north and south' }, ['target', 'horizon']],
  ['a horizon in the goal', TWINS, { prompt: 'Forecast north and south for 10 days' }, ['target']],
  ['a target that was given', TWINS, { prompt: 'Forecast', target_column: 'north' }, ['horizon']],
  ['all that was set', TWINS, { prompt: 'Forecast', target_column: 'north', options: { horizon: 3 } }, []],
  ['one column and a horizon', { date: days(120), sales: sales(1) }, { prompt: 'Forecast sales, 10 days' }, []],
])('%s leaves open: %#', async (_name, table, job, names) => {
  const { doubts } = await doubtsOf(table, job);
  expect(doubts.map(({ name }) => name)).toEqual(names);
});

test('the first choice is what is assumed anyway; any choice settles its doubt', async () => {
  const { input, output, doubts } = await doubtsOf(TWINS, { prompt: 'Forecast north and south' });
  const [target, horizon] = doubts;
  expect(target!.choices[0]!.label).toBe(output.target.column);
  expect(target!.choices.map(({ label }) => label).sort()).toEqual(['north', 'south']);
  expect(horizon!.choices[0]).toEqual({ id: 'h14', label: '14 days', settles: { horizon: 14 } });
  expect(new Set(horizon!.choices.map(({ label }) => label)).size).toBe(horizon!.choices.length);

  const answered = withSettled(input.job, { ...target!.choices[1]!.settles, ...horizon!.choices[1]!.settles });
  const after = await doubtsOf(TWINS, answered);
  expect(after.doubts).toEqual([]);
  expect(after.output.target.column).toBe(target!.choices[1]!.label);
  expect(after.output.horizon).toBe(horizon!.choices[1]!.settles.horizon);
});

test('dates of two meanings are asked about once, all their columns together', () => {
  const dataset = datasetOf({ ordered: days(5), sent: days(5), n: values(5, String) });
  expect(dateDoubt(dataset)).toBeUndefined();
  const [ordered, sent, n] = dataset.columns;
  const open = {
    ...dataset,
    columns: [
      { ...ordered!, format: '%m/%d/%Y', ambiguous: { sample: '03/04/2024', other_format: '%d/%m/%Y' } },
      { ...sent!, format: '%d-%m-%Y', ambiguous: { sample: '03-04-2024', other_format: '%m-%d-%Y' } },
      n!,
    ],
  };
  const doubt = dateDoubt(open)!;
  expect(doubt.text).toContain('"03/04/2024"');
  expect(doubt.choices).toEqual([
    { id: 'month_first', label: 'Month first', settles: { date_formats: { ordered: '%m/%d/%Y', sent: '%m-%d-%Y' } } },
    { id: 'day_first', label: 'Day first', settles: { date_formats: { ordered: '%d/%m/%Y', sent: '%d-%m-%Y' } } },
  ]);
});
