import type { ColumnType, Dialect } from '../contracts/dataset';
import type { DecimalMark } from './cells/numbers';
import type { ColumnEvidence } from './column-intake';
import { decideColumn, type Decision, type FileContext } from './decide';
import { groupingOf } from './formats';
import type { ColumnName } from './names';
import { sameReading } from './reading';

export interface PlannedColumn extends ColumnName {
  decision: Decision;
  /** Without name and values: not in the canonical file. */
  dropped: boolean;
}

/** How every column becomes canonical. */
export interface TablePlan {
  columns: PlannedColumn[];
  decimal: DecimalMark;
  thousands: string;
}

/** Types that the user set, by canonical column name. */
export type ColumnOverrides = Record<string, { type?: ColumnType }>;

/** Decides all columns: those that leave no choice first, then the rest by the conventions that these show. */
export function planTable(
  names: ColumnName[],
  evidence: ColumnEvidence[],
  dialect: Pick<Dialect, 'delimiter'>,
  overrides: ColumnOverrides = {},
): TablePlan {
  const decide = (context: FileContext) =>
    names.map(({ name }, index) => decideColumn(name, evidence[index] as ColumnEvidence, context, overrides[name]?.type));
  const context = conventions(decide({ decimal: null, dayFirst: null }), dialect.delimiter);
  const decisions = decide(context);
  const columns = names.map((name, index) => ({
    ...name,
    decision: decisions[index] as Decision,
    dropped: name.source_name === '' && (evidence[index] as ColumnEvidence).tally.size === 0,
  }));
  const decimal = majority(decisions.map(({ vote }) => vote.decimal)) ?? decisiveDecimal(decisions);
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

function conventions(decisions: Decision[], delimiter: string): FileContext {
  const decimal = majority(decisions.map(({ vote }) => vote.decimal));
  const dayFirst = majority(decisions.map(({ vote }) => vote.dayFirst ?? undefined));
  // Semicolons separate cells where the comma is taken by the decimals.
  return { decimal: decimal ?? (delimiter === ';' ? ',' : null), dayFirst: dayFirst ?? null };
}

function decisiveDecimal(decisions: Decision[]): DecimalMark {
  const readings = decisions.map(({ reading }) => reading);
  return readings.some((reading) => reading.kind === 'number' && reading.decimal === ',') ? ',' : '.';
}

/** The most frequent value that is not undefined; undefined where two are as frequent. */
function majority<T>(values: (T | null | undefined)[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) if (value !== undefined && value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first, second] = [...counts].sort((a, b) => b[1] - a[1]);
  return first && first[1] > (second?.[1] ?? 0) ? first[0] : undefined;
}

function keepOne(columns: PlannedColumn[]): PlannedColumn[] {
  return columns.every(({ dropped }) => dropped) ? columns.map((column) => ({ ...column, dropped: false })) : columns;
}
