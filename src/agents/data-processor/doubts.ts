import type { AnalysisReport } from '../../contracts/analysis';
import type { Dataset } from '../../contracts/dataset';
import type { DoubtName } from '../../contracts/questions';
import type { JobBrief } from '../agent';
import { list, quoted } from '../text';
import { stepsInWords } from '../time-words';
import { readGoal } from './goal';
import { rivalsOf } from './target';

/** What an answer settles; it stands as if the user had said it with the job. */
export interface Settled {
  target_column?: string;
  /** Steps. */
  horizon?: number;
  /** How the dates of a column are written, as `Column.format` spells it. */
  date_formats?: Record<string, string>;
}

/** Something that the data leave open, with the ways it may be; the first is what is assumed without an answer. */
export interface Doubt {
  name: DoubtName;
  text: string;
  choices: { id: string; label: string; settles: Settled }[];
}

const MOST_RIVALS = 4;
const MOST_HORIZONS = 4;

/** Dates that read as well day first as month first: one question, for all columns alike. */
export function dateDoubt(dataset: Dataset): Doubt | undefined {
  const open = dataset.columns.flatMap((column) =>
    column.ambiguous && column.format ? [{ ...column.ambiguous, name: column.name, format: column.format }] : [],
  );
  const [first] = open;
  if (!first) return undefined;
  const formats = open.flatMap(({ format, other_format }) => [format, other_format]);
  const choice = (format: string) => {
    const dayFirst = isDayFirst(format);
    const date_formats = Object.fromEntries(
      open.map((column) => [
        column.name,
        [column.format, column.other_format].find((each) => isDayFirst(each) === dayFirst) ?? column.format,
      ]),
    );
    return {
      id: dayFirst ? 'day_first' : 'month_first',
      label: dayFirst ? 'Day first' : 'Month first',
      settles: { date_formats },
    };
  };
  const names = list(
    open.map(({ name }) => quoted(name)),
    3,
  );
  return {
    name: 'dates',
    text: `Dates such as ${quoted(first.sample)} in ${names} can be read with the day first or with the month first, and nothing in the file tells which.`,
    choices: formats.slice(0, 2).map(choice),
  };
}

/** What else a report had to assume, most consequential first. */
export function openDoubts(job: JobBrief, report: AnalysisReport): Doubt[] {
  return [targetDoubt(job, report), horizonDoubt(job, report)].filter((doubt) => doubt !== undefined);
}

function targetDoubt(job: JobBrief, { target }: AnalysisReport): Doubt | undefined {
  const rivals = rivalsOf(target.candidates).slice(0, MOST_RIVALS);
  if (job.target_column !== null || target.how !== 'inferred' || rivals.length === 0) return undefined;
  const columns = [target.column, ...rivals.map(({ column }) => column)];
  return {
    name: 'target',
    text: `Which column is to be predicted? The goal and the names speak as well for ${list(columns.map(quoted), MOST_RIVALS + 1)}.`,
    choices: columns.map((column, index) => ({
      id: `c${index + 1}`,
      label: column,
      settles: { target_column: column },
    })),
  };
}

function horizonDoubt(job: JobBrief, report: AnalysisReport): Doubt | undefined {
  const { horizon, frequency, dataset } = report;
  if (job.options.horizon !== undefined || horizon === null || frequency === null) return undefined;
  const names = dataset.columns.map(({ name }) => name);
  if (readGoal(job.prompt, names).horizon !== null) return undefined;
  const dates = dataset.columns.find(({ name }) => name === report.date_column);
  const longest = Math.max(horizon, Math.floor(Math.min(dataset.rows, dates?.distinct ?? dataset.rows) / 3));
  const season = frequency.season_length;
  const usual = [season, 2 * season, 2 * horizon, Math.floor(horizon / 2)];
  const others = [...new Set(usual)].filter((steps) => steps > 1 && steps <= longest && steps !== horizon);
  const offered = [horizon, ...others.slice(0, MOST_HORIZONS - 1)];
  if (offered.length < 2) return undefined;
  return {
    name: 'horizon',
    text: 'How far ahead is to be forecast? The goal does not say.',
    choices: offered.map((steps) => ({
      id: `h${steps}`,
      label: stepsInWords(steps, frequency),
      settles: { horizon: steps },
    })),
  };
}

/** The job as if its user had said with it what was settled since. */
export function withSettled(job: JobBrief, { target_column, horizon }: Settled): JobBrief {
  return {
    ...job,
    target_column: target_column ?? job.target_column,
    options: horizon === undefined ? job.options : { ...job.options, horizon },
  };
}

function isDayFirst(format: string): boolean {
  return format.indexOf('%d') < format.indexOf('%m');
}
