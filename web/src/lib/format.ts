import type { Metric } from './types';

/** What is better when higher; the contract's set, repeated here to keep its schemas out of the bundle. */
const HIGHER_IS_BETTER: ReadonlySet<Metric> = new Set<Metric>(['auc', 'accuracy', 'balanced_accuracy']);

export function higherIsBetter(metric: Metric): boolean {
  return HIGHER_IS_BETTER.has(metric);
}

const METRIC_NAMES: Record<Metric, string> = {
  mae: 'MAE',
  rmse: 'RMSE',
  mape: 'MAPE',
  smape: 'sMAPE',
  mase: 'MASE',
  rmsle: 'RMSLE',
  auc: 'AUC',
  logloss: 'Log loss',
  accuracy: 'Accuracy',
  balanced_accuracy: 'Balanced accuracy',
};
/** Measured beside the contract's metrics; never what a leaderboard is sorted by. */
const OTHER_NAMES: Record<string, string> = { r2: 'R²', f1: 'F1', precision: 'Precision', recall: 'Recall' };
/** Shares by the runtime's definition: 0.1 is shown as 10 %. */
const SHARES: ReadonlySet<string> = new Set<string>([
  ...['mape', 'smape', 'accuracy', 'balanced_accuracy', 'precision', 'recall'],
]);

/** A metric's usual spelling; a name that the contract doesn't know is shown as it came. */
export function metricName(metric: string): string {
  return METRIC_NAMES[metric as Metric] ?? OTHER_NAMES[metric] ?? metric;
}

/** Making a formatter costs a hundred times what using it does: one is made for each way of writing. */
const FORMATTERS = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function formatter<Formatter extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat, Options>(
  Kind: new (locale: string, options: Options) => Formatter,
  locale: string,
  options: Options,
): Formatter {
  const key = `${Kind.name} ${locale} ${JSON.stringify(options)}`;
  const known = FORMATTERS.get(key);
  if (known) return known as Formatter;
  const made = new Kind(locale, options);
  FORMATTERS.set(key, made);
  return made;
}

/** Below this a number is all zeros to the eye: it is written as 1.2E-7. */
const TINY = 1e-4;

/** Four significant digits, grouped: 1234567.8 -> "1,235,000" would lie about digits, so whole numbers stay whole. */
export function number(value: number | null | undefined, locale: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const options: Intl.NumberFormatOptions =
    Math.abs(value) >= 1000
      ? { maximumFractionDigits: 0 }
      : value !== 0 && Math.abs(value) < TINY
        ? { maximumSignificantDigits: 3, notation: 'scientific' }
        : { maximumSignificantDigits: 4 };
  return formatter(Intl.NumberFormat, locale, options).format(value);
}

/** A metric's value as people read it: shares as percent, everything else as a number. */
export function metricValue(metric: string | null, value: number | null | undefined, locale: string): string {
  if (value === null || value === undefined || metric === null || !SHARES.has(metric)) return number(value, locale);
  return formatter(Intl.NumberFormat, locale, { style: 'percent', maximumFractionDigits: 2 }).format(value);
}

/**
 * How much better than the naive baseline: the share of its error that is gone (0.23 is 23 % less error) or, where
 * higher is better, the difference. Null where nothing can be said.
 */
export function skill(metric: Metric | null, score: number | null, naive: number | null): number | null {
  if (metric === null || score === null || naive === null) return null;
  if (higherIsBetter(metric)) return score - naive;
  return naive > 0 ? 1 - score / naive : null;
}

/** A skill's size in words that fit its metric: "23 %" of an error, "0.12" of an AUC. */
export function skillSize(metric: Metric | null, value: number, locale: string): string {
  return metric !== null && higherIsBetter(metric)
    ? formatter(Intl.NumberFormat, locale, { maximumSignificantDigits: 2 }).format(Math.abs(value))
    : percent(Math.abs(value), locale);
}

export function percent(share: number, locale: string): string {
  const digits = share !== 0 && Math.abs(share) < 0.0995 ? 1 : 0;
  return formatter(Intl.NumberFormat, locale, { style: 'percent', maximumFractionDigits: digits }).format(share);
}

/** A progress of 0-100 in the reader's way of writing percents. */
export function wholePercent(progress: number, locale: string): string {
  return formatter(Intl.NumberFormat, locale, { style: 'percent', maximumFractionDigits: 0 }).format(progress / 100);
}

/** "3 min 20 s", "1 h 04 min", "12 s". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  if (seconds < 1) return '< 1 s';
  const whole = Math.round(seconds);
  const parts = [
    Math.floor(whole / 86_400),
    Math.floor((whole % 86_400) / 3600),
    Math.floor((whole % 3600) / 60),
    whole % 60,
  ];
  const [days = 0, hours = 0, minutes = 0, rest = 0] = parts;
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`;
  return minutes > 0 ? `${minutes} min ${String(rest).padStart(2, '0')} s` : `${rest} s`;
}

/** "5 minutes ago" in the reader's language. */
export function ago(iso: string, now: number, locale: string): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  const format = formatter(Intl.RelativeTimeFormat, locale, { numeric: 'auto' });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  for (const [unit, size] of steps) if (seconds >= size) return format.format(-Math.floor(seconds / size), unit);
  return format.format(-seconds, 'second');
}

/** US dollars, to the hundredth of a cent where it is little; a model's call costs less than a cent. */
export function money(usd: number | null | undefined, locale: string): string {
  if (usd === null || usd === undefined) return '–';
  const maximumFractionDigits = usd !== 0 && Math.abs(usd) < 1 ? 4 : 2;
  return formatter(Intl.NumberFormat, locale, { style: 'currency', currency: 'USD', maximumFractionDigits }).format(
    usd,
  );
}

export function dateTime(iso: string, locale: string): string {
  return formatter(Intl.DateTimeFormat, locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
}

export function time(iso: string, locale: string): string {
  return formatter(Intl.DateTimeFormat, locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(iso));
}

export function bytes(size: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatter(Intl.NumberFormat, locale, { maximumFractionDigits: unit === 0 ? 0 : 1 }).format(value)} ${units[unit]}`;
}
