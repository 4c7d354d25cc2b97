import type { Frequency, Metric } from '../../contracts/analysis';
import { plain, plainClauses } from '../text';
import {
  CLASSIFY_TOPICS,
  CLASSIFY_WORDS,
  ESTIMATE_WORDS,
  FORECAST_WORDS,
  METRIC_WORDS,
  PREDICT_WORDS,
  REGRESSION_WORDS,
} from './goal-words';
import { type Horizon, readHorizon } from './horizon';
import { type Mention, readMentions } from './mentions';

export type GoalTask = 'forecasting' | 'classification' | 'regression';

/** What the words of a goal say; null where they say nothing. The data have the last word (see task.ts). */
export interface Goal {
  task: GoalTask | null;
  horizon: Horizon | null;
  frequency: Frequency['unit'] | null;
  metric: Metric | null;
  mentions: Mention[];
}

/** Reads a goal in English or Spanish, and the common words of Portuguese, French and German. */
export function readGoal(prompt: string, columns: readonly string[]): Goal {
  const goal = plain(prompt);
  const horizon = readHorizon(plainClauses(prompt));
  return {
    task: readTask(goal, horizon),
    horizon,
    frequency: readFrequency(goal),
    metric: METRIC_WORDS.find(([, pattern]) => pattern.test(goal))?.[0] ?? null,
    mentions: readMentions(prompt, columns),
  };
}

function readTask(goal: string, horizon: Horizon | null): GoalTask | null {
  if (CLASSIFY_WORDS.test(goal)) return 'classification';
  if (FORECAST_WORDS.test(goal)) return 'forecasting';
  if (REGRESSION_WORDS.test(goal)) return 'regression';
  if (CLASSIFY_TOPICS.test(goal)) return 'classification';
  if (horizon?.certain && PREDICT_WORDS.test(goal)) return 'forecasting';
  if (ESTIMATE_WORDS.test(goal)) return 'regression';
  return null;
}

const FREQUENCY_WORDS: readonly [Frequency['unit'], RegExp][] = [
  [
    'min',
    /\b(?:every|cada|each|per) (?:\d+ |half )?(?:min\w*|media hora|hour and a half)|\bminutely\b|\bhalf hourly\b/,
  ],
  ['h', /\bhourly\b|\bper hour\b|\bpor hora\b|\bhorari[oa]s?\b|\bstundlich\w*|\bcada hora\b|\bevery hour\b/],
  ['B', /\b(?:business|trading) daily\b|\bper (?:business|trading) day\b/],
  ['D', /\bdaily\b|\bper day\b|\bdiari[oa]s?\b|\bdiariamente\b|\bpor dia\b|\bcada dia\b|\bquotidien\w*|\btaglich\w*/],
  [
    'W',
    /\bweekly\b|\bper week\b|\bsemanal(?:es|mente)?\b|\bpor semana\b|\bsemanais\b|\bhebdomadaire\w*|\bwochentlich\w*/,
  ],
  [
    'MS',
    /\bmonthly\b|\bper month\b|\bmensual(?:es|mente)?\b|\bpor mes\b|\bmensa(?:l|is)\b|\bmensuel\w*|\bmonatlich\w*/,
  ],
  ['QS', /\bquarterly\b|\bper quarter\b|\btrimestral(?:es|mente)?\b|\btrimestriel\w*|\bvierteljahrlich\w*/],
  ['YS', /\byearly\b|\bannual(?:ly)?\b|\bper year\b|\banual(?:es|mente)?\b|\bpor ano\b|\bannuel\w*|\bjahrlich\w*/],
];

function readFrequency(goal: string): Frequency['unit'] | null {
  return FREQUENCY_WORDS.find(([, pattern]) => pattern.test(goal))?.[0] ?? null;
}
