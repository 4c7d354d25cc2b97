import type { Frequency } from '../../contracts/analysis';
import {
  AFTER_HORIZON,
  BEFORE_HORIZON,
  FILLER,
  FIXED_HORIZONS,
  type HorizonUnit,
  NEXT,
  NUMBER_WORDS,
  UNIT_WORDS,
} from './goal-words';

/** A length of time as the goal says it: 6 months, 14 steps. */
export interface Horizon {
  count: number;
  unit: HorizonUnit;
  /** Whether the words leave no doubt ("the next 6 months"), or the length merely stands there. */
  certain: boolean;
}

const NUMBER = `(\\d+(?:\\.\\d+)?|${Object.keys(NUMBER_WORDS)
  .sort((a, b) => b.length - a.length)
  .join('|')})`;
const CERTAIN = 3;
const CONTEXT_CHARACTERS = 120;

/** The horizon in a goal that went through `plainClauses`, or null. A length of history or a sampling step is none. */
export function readHorizon(goal: string): Horizon | null {
  const candidates = [...durations(goal), ...nextUnits(goal), ...fixed(goal), ...bareSteps(goal)];
  const best = candidates.reduce<Candidate | null>(
    (winner, candidate) => (winner === null || candidate.score > winner.score ? candidate : winner),
    null,
  );
  if (best === null || best.score < 1 || best.count <= 0) return null;
  return { count: best.count, unit: best.unit, certain: best.score >= CERTAIN };
}

interface Candidate {
  count: number;
  unit: HorizonUnit;
  score: number;
}

/** "6 months", "los 3 próximos meses", "14-day": a number and a unit, judged by the words around. */
function durations(goal: string): Candidate[] {
  return UNIT_WORDS.flatMap(({ words, unit, times }) => {
    const pattern = new RegExp(`(?<![\\w.])${NUMBER} ((?:${FILLER}) )*(?:${words})(?!\\w)`, 'g');
    return [...goal.matchAll(pattern)].map((match) => {
      const amount = NUMBER_WORDS[match[1]!] ?? Number(match[1]);
      const inner = match[2] && new RegExp(`^(?:${NEXT}|future) $`).test(match[2]) ? CERTAIN : 0;
      return { count: amount * times, unit, score: inner + contextScore(goal, match.index, match[0].length) };
    });
  });
}

/** "next month", "el mes que viene", "la semana próxima": one unit. */
function nextUnits(goal: string): Candidate[] {
  return UNIT_WORDS.flatMap(({ words, unit, times }) => {
    const before = new RegExp(`\\b(?:${NEXT}) (?:${words})(?!\\w)`, 'g');
    const after = new RegExp(`\\b(?:el|la|le|del|al) (?:${words}) (?:que viene|${NEXT})(?!\\w)`, 'g');
    return [...goal.matchAll(before), ...goal.matchAll(after)]
      .filter((match) => !isPlural(match[0], unit))
      .map(() => ({ count: times, unit, score: CERTAIN }));
  });
}

/** "the next days" names no number, so it is no horizon. */
function isPlural(phrase: string, unit: HorizonUnit): boolean {
  const word = phrase.split(' ').find((part) => UNIT_WORDS.some((entry) => matchesWhole(entry.words, part)));
  if (unit === 'month' && (word === 'mes' || word === 'mois')) return /\b(?:prochains|suivants)\b/.test(phrase);
  return word !== undefined && /s$/.test(word) && !/^(?:business|laborables)$/.test(word);
}

function matchesWhole(words: string, part: string): boolean {
  return new RegExp(`^(?:${words})$`).test(part);
}

function fixed(goal: string): Candidate[] {
  return FIXED_HORIZONS.flatMap(([pattern, amount, unit]) => {
    const match = pattern.exec(goal);
    if (!match) return [];
    // A whole phrase of its own beats the shorter duration that it contains.
    return [
      { count: amount, unit, score: CERTAIN + 1 + Math.min(0, contextScore(goal, match.index, match[0].length)) },
    ];
  });
}

/** "horizon of 14", "h=12", "horizonte: 24": steps of the data, where no unit follows. */
function bareSteps(goal: string): Candidate[] {
  const anyUnit = UNIT_WORDS.map((entry) => entry.words).join('|');
  const pattern = new RegExp(
    `\\b(?:horizon|horizonte|horizont|h)(?: (?:of|de|von|is|es|a))? (\\d+)(?! (?:${anyUnit})(?!\\w))(?![\\w.])`,
    'g',
  );
  return [...goal.matchAll(pattern)].map((match) => ({ count: Number(match[1]), unit: 'step', score: CERTAIN + 1 }));
}

function contextScore(goal: string, start: number, length: number): number {
  const before = goal.slice(Math.max(0, start - CONTEXT_CHARACTERS), start).trimEnd();
  const after = goal.slice(start + length, start + length + CONTEXT_CHARACTERS).trimStart();
  const points = (rules: readonly [RegExp, number][], text: string) =>
    rules.reduce((sum, [pattern, score]) => sum + (pattern.test(text) ? score : 0), 0);
  return points(BEFORE_HORIZON, before) + points(AFTER_HORIZON, after);
}

const DAY = 1;
/** Days in one unit; months and years at their mean length. */
const DAYS: Record<Exclude<HorizonUnit, 'step' | 'business_day'>, number> = {
  minute: DAY / 1440,
  hour: DAY / 24,
  day: DAY,
  week: 7,
  month: 30.4375,
  quarter: 91.3125,
  year: 365.25,
};
const STEP_DAYS: Record<Frequency['unit'], number> = {
  min: DAYS.minute,
  h: DAYS.hour,
  D: DAY,
  B: 7 / 5,
  W: 7,
  MS: DAYS.month,
  QS: DAYS.quarter,
  YS: DAYS.year,
};
/** What people mean where the mean length would say something else: a trading month has 21 days. */
const BUSINESS_DAYS: Partial<Record<HorizonUnit, number>> = { week: 5, month: 21, quarter: 63, year: 252 };

/** How many steps of the data a horizon is; at least 1. */
export function horizonSteps(horizon: Horizon, frequency: Frequency): number {
  const { count, unit } = horizon;
  if (unit === 'step') return Math.max(1, Math.round(count));
  if (frequency.unit === 'B') {
    const days = unit === 'business_day' ? 1 : BUSINESS_DAYS[unit];
    if (days) return Math.max(1, Math.round((count * days) / frequency.step));
  }
  const inDays = unit === 'business_day' ? count * 1.4 : count * DAYS[unit];
  return Math.max(1, Math.round(inDays / (STEP_DAYS[frequency.unit] * frequency.step)));
}

const DEFAULT_STEPS: Record<Frequency['unit'], (step: number) => number> = {
  min: (step) => Math.round(1440 / step),
  h: (step) => Math.round(24 / step),
  D: (step) => (step === 1 ? 14 : Math.round(28 / step)),
  B: () => 10,
  W: () => 13,
  MS: (step) => Math.round(12 / step),
  QS: (step) => Math.round(4 / step),
  YS: () => 3,
};

/** The horizon where nobody named one: by convention of the frequency, at most a third of the history. */
export function defaultHorizon(frequency: Frequency, historySteps: number): number {
  const usual = DEFAULT_STEPS[frequency.unit](frequency.step);
  return Math.max(1, Math.min(usual, Math.floor(historySteps / 3)));
}
