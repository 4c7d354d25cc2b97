import type { Finding } from '../../../contracts/analysis';
import { count, decimal, quoted } from '../../text';
import { frequencyInWords, stepsInWords } from '../../time-words';
import { finding, type FindingsGround } from '../finding';
import { correlation } from './association';

/** Seasons that must be there before one can be told from chance. */
const MIN_SEASONS = 2.5;
const SEASONAL = 0.3;
const TREND = 0.5;
const IRREGULAR = 0.98;
const MIN_VALUES = 16;

/** Rhythm, trend and stamps of the series, from the longest one where the sample holds every row. */
export function seriesEvidence(ground: FindingsGround): Finding[] {
  const { task, series, target, input } = ground;
  if (task !== 'forecasting' || series === null || series.frequency === null) return [];
  const found: Finding[] = [];
  if (series.series > 1) {
    const evidence = `The table holds ${count(series.series, 'series', 'series')}, told apart by ${series.id_columns.map(quoted).join(' and ')}.`;
    found.push(finding('several_series', 'info', null, evidence, 'One model learns from all of them together.'));
  }
  if (series.regular_share < IRREGULAR) {
    const evidence = `Some stamps of ${quoted(series.date_column)} do not lie on ${frequencyInWords(series.frequency)} steps.`;
    found.push(
      finding(
        'irregular_stamps',
        'warning',
        series.date_column,
        evidence,
        'The series is put on a regular grid before learning.',
      ),
    );
  }
  if (!input.even.complete) return found;
  const values = longestSeries(ground);
  if (values.length < MIN_VALUES) return found;
  const steps = values.map((_, index) => index);
  const trend = correlation(steps, values) ?? 0;
  if (trend ** 2 >= TREND) {
    const evidence = `${quoted(target.name)} ${trend > 0 ? 'rises' : 'falls'} over time (correlation with time ${decimal(trend)}).`;
    found.push(finding('trend', 'info', target.name, evidence, 'Learned: levels are taken from the latest values.'));
  }
  const season = series.frequency.season_length;
  if (season > 1 && values.length >= MIN_SEASONS * season) {
    const echo = seasonEcho(detrended(values), season);
    if (echo >= SEASONAL) {
      const evidence = `${quoted(target.name)} repeats a pattern every ${stepsInWords(season, series.frequency)} (autocorrelation ${decimal(Number(echo.toFixed(2)))}).`;
      found.push(finding('seasonality', 'info', target.name, evidence, 'Learned from lags and the calendar.'));
    }
  }
  return found;
}

/** The target's values of the series with the most rows, in the order of their stamps. */
function longestSeries({ input, series, target }: FindingsGround): number[] {
  const { columns, rows } = input.even;
  const stamps = columns[series!.date_column] ?? [];
  const groups = new Map<string, number[]>();
  for (let row = 0; row < rows; row += 1) {
    if (stamps[row] === '' || columns[target.name]?.[row] === '') continue;
    const key = JSON.stringify(series!.id_columns.map((name) => columns[name]?.[row]));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const longest = [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  return longest.sort((a, b) => stamps[a]!.localeCompare(stamps[b]!)).map((row) => Number(columns[target.name]![row]));
}

/** Less the straight line through them. */
function detrended(values: readonly number[]): number[] {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [both, square] = [0, 0];
  values.forEach((value, index) => {
    both += (index - middle) * (value - mean);
    square += (index - middle) ** 2;
  });
  const slope = square > 0 ? both / square : 0;
  return values.map((value, index) => value - mean - slope * (index - middle));
}

/** The autocorrelation at one season, less that at half a season: a slow wave echoes at both. */
function seasonEcho(values: readonly number[], season: number): number {
  const at = (lag: number) => correlation(values.slice(lag), values.slice(0, values.length - lag)) ?? 0;
  return at(season) - Math.max(0, at(Math.max(1, Math.floor(season / 2))));
}
