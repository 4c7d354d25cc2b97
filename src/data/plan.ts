import type { Dialect } from '../contracts/dataset';
import type { DialectOverrides } from '../contracts/dataset-overrides';
import type { DecimalMark } from './cells/numbers';
import type { ColumnEvidence } from './column-intake';
import { decideColumn, type Decision, type FileContext } from './decide';
import { groupingOf } from './formats';
import type { NamedColumn } from './overrides';
import { sameReading } from './reading';

export interface PlannedColumn extends NamedColumn {
  decision: Decision;
  /** Not in the canonical file: without name and values, or left out by the user. */
  dropped: boolean;
}

/** How every column becomes canonical. */
export interface TablePlan {
  columns: PlannedColumn[];
  decimal: DecimalMark;
  thousands: string;
}

/** Decides all columns: those that leave no choice first, then the rest by the conventions that these show. */
export function planTable(
  names: NamedColumn[],
  evidence: ColumnEvidence[],
  dialect: Pick<Dialect, 'delimiter'> & Pick<DialectOverrides, 'decimal'>,
): TablePlan {
  const decide = (context: FileContext) =>
    names.map(({ name, override }, index) => decideColumn(name, evidence[index] as ColumnEvidence, context, override));
  const first = decide({ decimal: dialect.decimal ?? null, dayFirst: null, forced: dialect.decimal !== undefined });
  const context = conventions(first, dialect);
  const decisions = decide(context);
  const columns = names.map((name, index) => ({
    ...name,
    decision: decisions[index] as Decision,
    dropped: name.override.drop ?? (name.source_name === '' && (evidence[index] as ColumnEvidence).tally.size === 0),
  }));
  const decimal = dialect.decimal ?? majority(decisions.map(({ vote }) => vote.decimal)) ?? decisiveDecimal(decisions);
  const grouping = evidence.map(({ decorated }, index) => {
    const { reading } = decisions[index] as Decision;
    return reading.kind === 'number' ? groupingOf(decorated, reading.decimal) : undefined;
  });
  return { columns: keepOne(columns), decimal, thousands: grouping.find((mark) => mark !== undefined) ?? '' };
}

/** Whether two plans write the same file. */
export function samePlan(a: TablePlan, b: TablePlan): boolean {
  return a.columns.every(({ decision, dropped }, index) => {
    const other = b.columns[index] as PlannedColumn;
    return dropped === other.dropped && (dropped || sameReading(decision.reading, other.decision.reading));
  });
}

function conventions(
  decisions: Decision[],
  { delimiter, decimal: given }: Pick<Dialect, 'delimiter'> & Pick<DialectOverrides, 'decimal'>,
): FileContext {
  const decimal = majority(decisions.map(({ vote }) => vote.decimal));
  const dayFirst = majority(decisions.map(({ vote }) => vote.dayFirst ?? undefined));
  // Semicolons separate cells where the comma is taken by the decimals.
  const mark = given ?? decimal ?? (delimiter === ';' ? ',' : null);
  return { decimal: mark, dayFirst: dayFirst ?? null, forced: given !== undefined };
}

function decisiveDecimal(decisions: Decision[]): DecimalMark {
  const readings = decisions.map(({ reading }) => reading);
  return readings.some((reading) => reading.kind === 'number' && reading.decimal === ',') ? ',' : '.';
}

/** The most frequent value that is not undefined; undefined where two are as frequent. */
function majority<T>(values: (T | null | undefined)[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values)
    if (value !== undefined && value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  return first && first[1] > (second?.[1] ?? 0) ? first[0] : undefined;
}

function keepOne(columns: PlannedColumn[]): PlannedColumn[] {
  return columns.every(({ dropped, override }) => dropped && !override.drop)
    ? columns.map((column) => ({ ...column, dropped: false }))
    : columns;
}
