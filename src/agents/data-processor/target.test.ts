import { datasetOf, jumble, values } from '../../../test/support/agent-inputs';
import { AutomlError } from '../../contracts/failure';
import { readGoal } from './goal';
import { chooseTarget } from './target';

const real = (salt: number) => values(40, (row) => (100 * jumble(row, salt)).toFixed(3));
const SHOP = datasetOf({
  order_date: values(40, (row) => `2024-01-${String((row % 28) + 1).padStart(2, '0')}`),
  store: values(40, (row) => ['north', 'south'][row % 2]!),
  TotalSales: real(1),
  'Precio Unitario': real(2),
  customers: values(40, (row) => Math.floor(50 * jumble(row, 3))),
  note: values(40, (row) => `free text number ${row}`),
});

function choose(prompt: string, given: string | null, dataset = SHOP) {
  const names = dataset.columns.map((column) => column.name);
  return chooseTarget(dataset, readGoal(prompt, names), given);
}

describe('a target that was given', () => {
  it.each([
    ['TotalSales', 'TotalSales', 'given'],
    [' TotalSales ', 'TotalSales', 'given'],
    ['totalsales', 'TotalSales', 'near_match'],
    ['total_sales', 'TotalSales', 'near_match'],
    ['sales total', 'TotalSales', 'near_match'],
    ['TotlaSales', 'TotalSales', 'near_match'],
    ['Total Sale', 'TotalSales', 'near_match'],
    ['sales', 'TotalSales', 'near_match'],
    ['ventas', 'TotalSales', 'near_match'],
    ['precio_unitario', 'Precio Unitario', 'near_match'],
    ['Precio Unitárío', 'Precio Unitario', 'near_match'],
    ['custmers', 'customers', 'near_match'],
    ['clientes', 'customers', 'near_match'],
  ])('%s is %s (%s)', (given, column, how) => {
    expect(choose('Forecast', given)).toMatchObject({ column, how });
  });

  it('says how a near match differs', () => {
    expect(choose('Forecast', 'custmers').reason).toBe(
      'There is no column "custmers"; "customers" is spelled nearly the same (88.9 % alike).',
    );
  });

  it.each([['weather'], ['zzz'], ['42']])('%s resembles nothing: the candidates are offered', (given) => {
    const attempt = () => choose('Forecast the sales', given);
    expect(attempt).toThrow(AutomlError);
    try {
      attempt();
    } catch (error) {
      const { failure } = error as AutomlError;
      expect(failure).toMatchObject({ category: 'data', code: 'target_not_found' });
      expect(failure.message).toContain('"TotalSales"');
      expect(failure.hint).toContain('target_column');
    }
  });

  it('does not guess between two names that are equally near', () => {
    const twins = datasetOf({ sales_a: real(1), sales_b: real(2), other: real(3) });
    expect(() => choose('Forecast', 'sales_c', twins)).toThrow(/as near to "sales_a" as to "sales_b"/);
  });

  it('is the one plausible column of a file without a header', () => {
    const dataset = datasetOf({
      c1: values(40, (row) => `2024-02-${String((row % 28) + 1).padStart(2, '0')}`),
      c2: real(1),
    });
    const headerless = { ...dataset, dialect: { ...dataset.dialect, header_rows: 0 } };
    expect(choose('Forecast', 'sales', headerless)).toMatchObject({ column: 'c2', how: 'inferred' });
    expect(() => choose('Forecast', 'sales', dataset)).toThrow(AutomlError);
  });
});

describe('a target that was left out', () => {
  it.each([
    ['Forecast the total sales for the next month', 'TotalSales'],
    ['Forecast "customers" for the next 7 days from TotalSales', 'customers'],
    ['Predecir las ventas del próximo mes', 'TotalSales'],
    ['Predecir el precio unitario con las ventas y los clientes', 'Precio Unitario'],
    ['How many customers will come next week?', 'customers'],
  ])('%s -> %s', (prompt, column) => {
    expect(choose(prompt, null)).toMatchObject({ column, how: 'inferred' });
  });

  it.each([
    ['a telling name', { a: real(1), target: real(2), b: real(3) }, 'target'],
    ['y', { x1: real(1), x2: real(2), y: real(3) }, 'y'],
    [
      'the only column of classes, last',
      { w: real(1), h: real(2), kind: values(40, (row) => ['a', 'b', 'c'][row % 3]!) },
      'kind',
    ],
    [
      'the only number',
      { when: values(40, (row) => `2024-03-${String((row % 28) + 1).padStart(2, '0')}`), reading: real(1) },
      'reading',
    ],
  ])('%s', (_why, table, column) => {
    expect(choose('Make a model', null, datasetOf(table))).toMatchObject({ column, how: 'inferred' });
  });

  it.each([
    ['Forecast total price', ['price', 'total_price'], 'total_price'],
    ['Estimate the total cost', ['Cost Other', 'Cost Repair', 'Cost Total $'], 'Cost Total $'],
    ['Predict price from size', ['size', 'price', 'rooms'], 'price'],
  ])('the longest name that the goal says is meant: %s', (prompt, names, column) => {
    const table = Object.fromEntries(names.map((name, index) => [name, real(index)]));
    expect(choose(prompt, null, datasetOf(table))).toMatchObject({ column });
  });

  it('is not guessed where nothing points to one', () => {
    expect(() => choose('Make a model', null, datasetOf({ a: real(1), b: real(2), c: real(3) }))).toThrow(
      /not clear which column/,
    );
  });

  it('ranks its candidates with reasons', () => {
    const { candidates } = choose('Forecast total sales', null);
    expect(candidates[0]).toMatchObject({ column: 'TotalSales', reason: expect.stringContaining('goal asks for it') });
    expect(candidates.map((candidate) => candidate.score)).toEqual(
      candidates.map((candidate) => candidate.score).sort((a, b) => b - a),
    );
    expect(candidates.map((candidate) => candidate.column)).not.toContain('note');
  });
});
