import type { Frequency } from '../contracts/analysis';

/** What a sequence of stamps says about its own rhythm. */
export interface Rhythm {
  frequency: Frequency;
  /** Share of the steps between distinct stamps that are exactly one step of the frequency. */
  regular_share: number;
  /** Missing stamps between the first and the last. */
  gaps: number;
  /** Stamps that are there more than once, counted beyond the first. */
  duplicates: number;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
/** The least share of steps that must agree before a rhythm is claimed. */
const LEAST_AGREEMENT = 0.5;
const SEASONS = { h: 24, D: 7, B: 5, W: 52, MS: 12, QS: 4, YS: 1 } as const;

/**
 * The frequency of ISO days or moments, in any order; empty strings are ignored. Null where there are fewer than three
 * distinct stamps or no step that half of them share.
 */
export function inferFrequency(isoDates: string[]): Rhythm | null {
  const seconds = isoDates.map(secondsOf).filter((value) => !Number.isNaN(value));
  const stamps = [...new Set(seconds)].sort((a, b) => a - b);
  if (stamps.length < 3) return null;
  const duplicates = seconds.length - stamps.length;
  return inMonths(stamps, duplicates) ?? inBusinessDays(stamps, duplicates) ?? inSeconds(stamps, duplicates);
}

function secondsOf(iso: string): number {
  if (iso.length < 10) return Number.NaN;
  return Date.parse(iso.length === 10 ? `${iso}T00:00:00Z` : `${iso}Z`) / 1000;
}

/** Months, quarters and years have no fixed length: they are stamps on the same day, or the last day, of a month. */
function inMonths(stamps: number[], duplicates: number): Rhythm | undefined {
  const dates = stamps.map((stamp) => new Date(stamp * 1000));
  const sameTime = dates.every((date) => date.getTime() % (DAY * 1000) === (dates[0] as Date).getTime() % (DAY * 1000));
  if (!sameTime) return undefined;
  const sameDay = dates.every((date) => date.getUTCDate() === (dates[0] as Date).getUTCDate());
  if (!sameDay && !dates.every(isMonthEnd) && !dates.every(isMonthEndWorkday)) return undefined;
  const months = dates.map((date) => date.getUTCFullYear() * 12 + date.getUTCMonth());
  const step = commonStep(months);
  if (step === undefined || step.value < 1) return undefined;
  const [unit, length] =
    step.value % 12 === 0 ? (['YS', 12] as const) : step.value % 3 === 0 ? (['QS', 3] as const) : (['MS', 1] as const);
  return rhythm(
    { unit, step: step.value / length, season_length: seasonOf(unit, step.value / length) },
    months,
    step,
    duplicates,
  );
}

/** Every day but weekends. */
function inBusinessDays(stamps: number[], duplicates: number): Rhythm | undefined {
  const days = stamps.map((stamp) => stamp / DAY);
  if (!days.every(Number.isInteger) || days.some((day) => (day + 4) % 7 === 0 || (day + 4) % 7 === 6)) return undefined;
  if (days.length < 6 || commonStep(days)?.value !== 1) return undefined;
  // 1970-01-01 was a Thursday: count the workdays since the Monday before.
  const workdays = days.map((day) => Math.floor((day + 3) / 7) * 5 + ((day + 3) % 7));
  const step = commonStep(workdays);
  return step && rhythm({ unit: 'B', step: step.value, season_length: 5 }, workdays, step, duplicates);
}

function inSeconds(stamps: number[], duplicates: number): Rhythm | null {
  const step = commonStep(stamps);
  if (step === undefined || step.value < MINUTE || step.value % MINUTE !== 0) return null;
  const [unit, length] =
    step.value % (7 * DAY) === 0
      ? (['W', 7 * DAY] as const)
      : step.value % DAY === 0
        ? (['D', DAY] as const)
        : step.value % HOUR === 0
          ? (['h', HOUR] as const)
          : (['min', MINUTE] as const);
  const steps = step.value / length;
  return rhythm({ unit, step: steps, season_length: seasonOf(unit, steps) }, stamps, step, duplicates);
}

/** The season of the field's convention in steps: a day of hours or minutes, a week of days, a year of the rest. */
function seasonOf(unit: Frequency['unit'], step: number): number {
  if (unit === 'min') {
    const perDay = (24 * 60) / step;
    // Steps under a quarter of an hour: the day would be hundreds of steps, the hour is the season that models can hold.
    const season = step < 15 ? 60 / step : perDay;
    return Math.max(1, Math.round(season));
  }
  return Math.max(1, Math.round(SEASONS[unit] / step));
}

interface Step {
  value: number;
  share: number;
}

/** The most frequent difference of sorted numbers; undefined where less than half agree. */
function commonStep(sorted: number[]): Step | undefined {
  const counts = new Map<number, number>();
  for (let index = 1; index < sorted.length; index += 1) {
    const difference = (sorted[index] as number) - (sorted[index - 1] as number);
    counts.set(difference, (counts.get(difference) ?? 0) + 1);
  }
  const [value, count] = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), [0, 0]);
  const share = count / Math.max(1, sorted.length - 1);
  return share >= LEAST_AGREEMENT ? { value, share } : undefined;
}

function rhythm(frequency: Frequency, positions: number[], step: Step, duplicates: number): Rhythm {
  const span = (positions[positions.length - 1] as number) - (positions[0] as number);
  const expected = Math.floor(span / step.value) + 1;
  return { frequency, regular_share: step.share, gaps: Math.max(0, expected - positions.length), duplicates };
}

function isMonthEnd(date: Date): boolean {
  return new Date(date.getTime() + DAY * 1000).getUTCDate() === 1;
}

/** The last day of a month that is no weekend day. */
function isMonthEndWorkday(date: Date): boolean {
  const ahead = date.getUTCDay() === 5 ? 3 : 1;
  return new Date(date.getTime() + ahead * DAY * 1000).getUTCDate() <= ahead;
}
