import type { Frequency } from '../../contracts/analysis';
import type { Column, Dataset } from '../../contracts/dataset';
import { AutomlError } from '../../contracts/failure';
import { inferFrequency } from '../../data/frequency';
import type { AnalysisInput, JobBrief } from '../agent';
import { columnCalled, list, plainName, quoted } from '../text';
import type { Goal } from './goal';
import { isDate, isNumeric } from './profile';

/** How a date column and the columns beside it make up one or several series. */
export interface SeriesShape {
  date_column: string;
  /** The columns whose values together name a series; empty for a single one. */
  id_columns: string[];
  frequency: Frequency | null;
  /** Whether stamps are (nearly) unique within a series and (nearly) all at the frequency. */
  regular: boolean;
  regular_share: number;
  gaps: number;
  /** Share of rows whose stamp their series already has. */
  duplicate_share: number;
  series: number;
  /** Observations in the longest series. */
  longest: number;
}

const UNIQUE = 0.99;
/** Where a forecast is asked for, more rows may repeat a stamp: the runtime averages them. */
const NEARLY_UNIQUE = 0.9;
const REGULAR = 0.8;
const MAX_ID_COLUMNS = 8;
const MAX_PAIRED_COLUMNS = 4;
const MAX_DATE_COLUMNS = 5;
const SERIES_LOOKED_AT = 5;
const MIN_STAMPS = 4;
/** Rows that show whether an id set can make stamps unique, before all rows are looked at. */
const TRIAL_ROWS = 2000;
const ID_NAMES =
  /\b(?:id|series|store|shop|item|product|sku|region|country|state|city|site|station|sensor|customer|brand|category|family|department|dept|unique|code|name|tienda|producto|pais|ciudad|sucursal|codigo|estacion|cliente|loja|produto)\b/;

/**
 * Which columns of the canonical file the analysis wants to see whole (`date_values`, `id_values`): its date columns
 * and, where stamps repeat, the columns that may tell the series apart.
 */
export function columnsToRead(dataset: Dataset, job: JobBrief): { dates: string[]; ids: string[] } {
  const named = job.options.date_column?.trim();
  const first = (column: Column) => (column.name === named || column.source_name === named ? 0 : 1);
  const dates = dataset.columns
    .filter(isDate)
    .sort((a, b) => first(a) - first(b))
    .slice(0, MAX_DATE_COLUMNS);
  const repeated = dates.some((column) => column.distinct < (dataset.rows - column.missing) * UNIQUE);
  const ids = repeated ? dataset.columns.filter((column) => mayNameSeries(column, dataset.rows)) : [];
  const likelihood = (column: Column) => (ID_NAMES.test(plainName(column.name)) ? 0 : 1) + (isNumeric(column) ? 2 : 0);
  return {
    dates: dates.map((column) => column.name),
    ids: [...ids]
      .sort((a, b) => likelihood(a) - likelihood(b))
      .slice(0, MAX_ID_COLUMNS)
      .map((column) => column.name),
  };
}

/** A number names a series only where its column says so: any measurement may happen to tell rows apart. */
function mayNameSeries(column: Column, rows: number): boolean {
  if (isDate(column) || column.type === 'real' || column.missing > 0) return false;
  if (column.type === 'integer' && !ID_NAMES.test(plainName(column.name))) return false;
  return column.distinct >= 2 && column.distinct <= rows / MIN_STAMPS;
}

/** Whether the job itself asks for a number of steps, or names the date column. */
export function asksForFuture({ options }: JobBrief): boolean {
  return options.horizon !== undefined || options.date_column !== undefined;
}

/** The series of a table, or null where it has no usable date column. @throws {AutomlError} for an unusable option. */
export function findSeries(input: AnalysisInput, goal: Goal, target: Column): SeriesShape | null {
  const wanted = wantedDateColumn(input, goal);
  const names = wanted ? [wanted] : columnsToRead(input.dataset, input.job).dates;
  // Where no forecast is asked for, nothing is gained by telling several series apart.
  const several = isNumeric(target) && (asksForFuture(input.job) || goal.task === null || goal.task === 'forecasting');
  const idSets = several ? possibleIds(input, target.name) : [[]];
  const shapesAt = (unique: number) =>
    names
      .filter((name) => name !== target.name)
      .flatMap((name) => shapeOf(name, idSets, { input, unique }) ?? [])
      .sort((a, b) => Number(b.regular) - Number(a.regular) || b.longest - a.longest);
  const [strict] = shapesAt(UNIQUE);
  const asked = asksForFuture(input.job) || goal.task === 'forecasting';
  if (!strict || strict.regular || !asked) return strict ?? null;
  const [lenient] = shapesAt(NEARLY_UNIQUE);
  return lenient?.regular ? lenient : strict;
}

/** The date column that the job or the goal names. @throws {AutomlError} where the job names one that has no dates. */
function wantedDateColumn({ job, dataset }: AnalysisInput, goal: Goal): string | undefined {
  const option = job.options.date_column;
  const dates = dataset.columns.filter(isDate);
  if (option === undefined) {
    const mention = goal.mentions.find(
      (entry) => entry.how === 'quoted' && dates.some((column) => column.name === entry.column),
    );
    return mention?.column;
  }
  const found = columnCalled(dates, option);
  if (found) return found.name;
  const offer = dates.length > 0 ? `Columns with dates: ${list(dates.map((column) => quoted(column.name)))}.` : '';
  throw new AutomlError({
    category: 'data',
    code: 'date_column_not_found',
    message: `The date column ${quoted(option)} does not exist or its values are not dates. ${offer}`.trim(),
    hint:
      dates.length > 0
        ? 'Set date_column to one of these, or leave it out.'
        : 'Leave date_column out, or upload a file whose dates are written in one format.',
  });
}

/** The shape under the first ids that make the dates a series; without any such ids, that of the dates alone. */
function shapeOf(
  dateColumn: string,
  idSets: readonly string[][],
  { input, unique }: { input: AnalysisInput; unique: number },
): SeriesShape | undefined {
  const dates = input.date_values[dateColumn] ?? [];
  const rows = dates.flatMap((date, row) => (date ? [row] : []));
  if (rows.length < MIN_STAMPS) return undefined;
  const trial = rows.slice(0, TRIAL_ROWS);
  const [none, ...others] = idSets;
  const ground = { dates, rows, input, unique };
  const alone = measure(dateColumn, none ?? [], ground);
  // Ids tell rows of one date apart; dates that are unique already have no need of them.
  if (alone.duplicate_share <= 1 - unique) return alone;
  for (const ids of others) {
    if (duplicateShare(groupStamps(ids, { ...ground, rows: trial }), trial.length) > 1 - unique) continue;
    const shape = measure(dateColumn, ids, ground);
    if (shape.regular) return shape;
  }
  return alone;
}

/** No id first, then each single column, then pairs of the likeliest: the fewest columns that explain the table win. */
function possibleIds({ id_values, dataset, job }: AnalysisInput, target: string): string[][] {
  const names = columnsToRead(dataset, job).ids.filter((name) => name !== target && id_values[name] !== undefined);
  const likely = names.slice(0, MAX_PAIRED_COLUMNS);
  const pairs = likely.flatMap((first, index) => likely.slice(index + 1).map((second) => [first, second]));
  return [[], ...names.map((name) => [name]), ...pairs];
}

interface Rows {
  dates: string[];
  rows: number[];
  input: AnalysisInput;
  /** The share of rows that must have a stamp of their own. */
  unique: number;
}

function measure(dateColumn: string, ids: string[], ground: Rows): SeriesShape {
  const groups = groupStamps(ids, ground);
  const rows = ground.rows.length;
  const duplicates = duplicateShare(groups, rows);
  const few = duplicates <= 1 - ground.unique;
  const possible = ids.length === 0 || (few && rows / groups.length >= MIN_STAMPS);
  groups.sort((a, b) => b.length - a.length);
  const rhythm = possible ? commonRhythm(groups.slice(0, SERIES_LOOKED_AT)) : NO_RHYTHM;
  return {
    date_column: dateColumn,
    id_columns: ids,
    ...rhythm,
    regular: possible && few && rhythm.frequency !== null && rhythm.regular_share >= REGULAR,
    duplicate_share: duplicates,
    series: groups.length,
    longest: groups[0]!.length,
  };
}

/** The stamps of each series that the ids tell apart. */
function groupStamps(ids: readonly string[], { dates, rows, input }: Rows): string[][] {
  const columns = ids.map((name) => input.id_values[name] ?? []);
  const bySeries = new Map<string, string[]>();
  for (const row of rows) {
    const key = columns.map((column) => column[row] ?? '').join('\u0000');
    const stamps = bySeries.get(key);
    if (stamps) stamps.push(dates[row]!);
    else bySeries.set(key, [dates[row]!]);
  }
  return [...bySeries.values()];
}

function duplicateShare(groups: readonly string[][], rows: number): number {
  return 1 - groups.reduce((sum, stamps) => sum + new Set(stamps).size, 0) / rows;
}

type SeriesRhythm = Pick<SeriesShape, 'frequency' | 'regular_share' | 'gaps'>;
const NO_RHYTHM: SeriesRhythm = { frequency: null, regular_share: 0, gaps: 0 };

/** The frequency that most of the series share, with the gaps and the least regularity among those. */
function commonRhythm(groups: readonly string[][]): SeriesRhythm {
  const found = groups.flatMap((stamps) => inferFrequency([...new Set(stamps)].sort()) ?? []);
  const votes = new Map<string, typeof found>();
  for (const rhythm of found) {
    const key = JSON.stringify(rhythm.frequency);
    votes.set(key, [...(votes.get(key) ?? []), rhythm]);
  }
  const winner = [...votes.values()].sort((a, b) => b.length - a.length)[0];
  if (!winner) return NO_RHYTHM;
  return {
    frequency: winner[0]!.frequency,
    regular_share: Math.min(...winner.map((rhythm) => rhythm.regular_share)),
    gaps: winner.reduce((sum, rhythm) => sum + rhythm.gaps, 0),
  };
}
