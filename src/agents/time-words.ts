import type { Frequency } from '../contracts/analysis';
import { count } from './text';

const UNIT_NAMES: Record<Frequency['unit'], string> = {
  min: 'minute',
  h: 'hour',
  D: 'day',
  B: 'business day',
  W: 'week',
  MS: 'month',
  QS: 'quarter',
  YS: 'year',
};

/** A number of steps in words: `14 days`, `48 steps of 30 minutes`. */
export function stepsInWords(steps: number, frequency: Frequency): string {
  const unit = UNIT_NAMES[frequency.unit];
  if (frequency.step === 1) return count(steps, unit);
  return `${count(steps, 'step')} of ${frequency.step} ${unit}s`;
}

/** The frequency as an adjective for data: `daily`, `30-minute`. */
export function frequencyInWords(frequency: Frequency): string {
  const adjectives: Record<Frequency['unit'], string> = {
    min: 'minute-by-minute',
    h: 'hourly',
    D: 'daily',
    B: 'business-day',
    W: 'weekly',
    MS: 'monthly',
    QS: 'quarterly',
    YS: 'yearly',
  };
  return frequency.step === 1
    ? adjectives[frequency.unit]
    : `${frequency.step}-${UNIT_NAMES[frequency.unit].replace(' ', '-')}`;
}
