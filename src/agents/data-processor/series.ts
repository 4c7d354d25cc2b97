import type { Frequency } from '../../contracts/analysis';
import type { Column, Dataset } from '../../contracts/dataset';
import { AutomlError } from '../../contracts/failure';
import { inferFrequency } from '../../data/frequency';
import type { AnalysisInput, JobBrief } from '../agent';
import { list, plainName, quoted } from '../text';
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
const REGULAR = 0.8;
const MAX_ID_COLUMNS = 8;
const MAX_DATE_COLUMNS = 5;
const SERIES_LOOKED_AT = 5;
const MIN_STAMPS = 4;
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

function mayNameSeries(column: Column, rows: number): boolean {
  if (isDate(column) || column.type === 'real' || column.missing > 0) return false;
  return column.distinct >= 2 && column.distinct <= rows / MIN_STAMPS;
}

/** The series of a table, or null where it has no usable date column. @throws {AutomlError} for an unusable option. */
export function findSeries(input: AnalysisInput, goal: Goal, target: string): SeriesShape | null {
  const wanted = wantedDateColumn(input, goal);
  const names = wanted ? [wanted] : columnsToRead(input.dataset, input.job).dates;
  const shapes = names
    .filter((name) => name !== target)
    .flatMap((name) => shapeOf(name, input, target) ?? [])
    .sort((a, b) => Number(b.regular) - Number(a.regular) || b.longest - a.longest);
  return shapes[0] ?? null;
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
  const found = dates.find((column) => [column.name, column.source_name].includes(option.trim()));
  const near = found ?? dates.find((column) => plainName(column.name) === plainName(option));
  if (near) return near.name;
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

function shapeOf(dateColumn: string, input: AnalysisInput, target: string): SeriesShape | undefined {
  const dates = input.date_values[dateColumn] ?? [];
  const rows = dates.flatMap((date, row) => (date ? [row] : []));
  if (rows.length < MIN_STAMPS) return undefined;
  const shapes: SeriesShape[] = [];
  for (const ids of idSets(input, target)) {
    const shape = measure(dateColumn, ids, { dates, rows, input });
    if (shape.regular) return shape;
    shapes.push(shape);
  }
  return shapes[0];
}

/** No id first, then each single column, then pairs: the fewest columns that explain the table win. */
function idSets({ id_values, dataset, job }: AnalysisInput, target: string): string[][] {
  const names = columnsToRead(dataset, job).ids.filter((name) => name !== target && id_values[name] !== undefined);
  const pairs = names.flatMap((first, index) => names.slice(index + 1).map((second) => [first, second]));
  return [[], ...names.map((name) => [name]), ...pairs];
}

interface Rows {
  dates: string[];
  rows: number[];
  input: AnalysisInput;
}

function measure(dateColumn: string, ids: string[], { dates, rows, input }: Rows): SeriesShape {
  const bySeries = new Map<string, string[]>();
  for (const row of rows) {
    const key = JSON.stringify(ids.map((name) => input.id_values[name]?.[row] ?? ''));
    const stamps = bySeries.get(key);
    if (stamps) stamps.push(dates[row]!);
    else bySeries.set(key, [dates[row]!]);
  }
  const groups = [...bySeries.values()].sort((a, b) => b.length - a.length);
  const unique = groups.reduce((sum, stamps) => sum + new Set(stamps).size, 0);
  const duplicateShare = 1 - unique / rows.length;
  const rhythm = commonRhythm(groups.slice(0, SERIES_LOOKED_AT));
  const longEnough = rows.length / groups.length >= MIN_STAMPS;
  return {
    date_column: dateColumn,
    id_columns: ids,
    frequency: rhythm.frequency,
    regular: 1 - duplicateShare >= UNIQUE && rhythm.frequency !== null && rhythm.regular_share >= REGULAR && longEnough,
    regular_share: rhythm.regular_share,
    gaps: rhythm.gaps,
    duplicate_share: duplicateShare,
    series: groups.length,
    longest: groups[0]!.length,
  };
}

/** The frequency that most of the series share, with the gaps and the least regularity among those. */
function commonRhythm(groups: readonly string[][]): Pick<SeriesShape, 'frequency' | 'regular_share' | 'gaps'> {
  const found = groups.flatMap((stamps) => inferFrequency([...stamps].sort()) ?? []);
  const votes = new Map<string, typeof found>();
  for (const rhythm of found) {
    const key = JSON.stringify(rhythm.frequency);
    votes.set(key, [...(votes.get(key) ?? []), rhythm]);
  }
  const winner = [...votes.values()].sort((a, b) => b.length - a.length)[0];
  if (!winner) return { frequency: null, regular_share: 0, gaps: 0 };
  return {
    frequency: winner[0]!.frequency,
    regular_share: Math.min(...winner.map((rhythm) => rhythm.regular_share)),
    gaps: winner.reduce((sum, rhythm) => sum + rhythm.gaps, 0),
  };
}
