import type { Frequency } from '../contracts/analysis';

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
  if (frequency.step === 1) return `${steps} ${unit}${steps === 1 ? '' : 's'}`;
  return `${steps} step${steps === 1 ? '' : 's'} of ${frequency.step} ${unit}s`;
}

/** The frequency as an adjective: `daily`, `every 30 minutes`. */
export function frequencyInWords(frequency: Frequency): string {
  const adjectives: Record<Frequency['unit'], string> = {
    min: 'every minute',
    h: 'hourly',
    D: 'daily',
    B: 'every business day',
    W: 'weekly',
    MS: 'monthly',
    QS: 'quarterly',
    YS: 'yearly',
  };
  return frequency.step === 1 ? adjectives[frequency.unit] : `every ${frequency.step} ${UNIT_NAMES[frequency.unit]}s`;
}
