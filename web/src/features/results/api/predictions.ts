import { parseCsv } from '../../../lib/csv';
import type { BacktestPoint, HistoryPoint } from '../../../lib/types';

/** predictions.csv as read: the header and its rows, all as text. */
export interface Predictions {
  header: string[];
  rows: string[][];
}

export function readPredictions(text: string): Predictions | null {
  const [header, ...rows] = parseCsv(text, ',', Infinity);
  return header ? { header, rows } : null;
}

export interface Point {
  date: string;
  value: number;
}

/** One series as the chart draws it; `lower` and `upper` are empty where there are no intervals. */
export interface ChartSeries {
  name: string | null;
  actual: Point[];
  backtest: Point[];
  naive: Point[];
  forecast: Point[];
  lower: Point[];
  upper: Point[];
}

/** Columns of predictions.csv by the names that the contract gives them; null for a table without dates. */
function seriesColumns(header: string[]) {
  const forecast = header.indexOf('forecast');
  const date = header.indexOf('date');
  if (forecast < 0 || date < 0) return null;
  return { date, forecast, lower: header.indexOf('lower_95'), upper: header.indexOf('upper_95') };
}

/** History, backtest and forecast, series by series. @returns null where the predictions are of a table without dates. */
export function chartSeries(
  predictions: Predictions,
  backtest: readonly BacktestPoint[],
  history: readonly HistoryPoint[],
): ChartSeries[] | null {
  const columns = seriesColumns(predictions.header);
  if (!columns) return null;
  const byName = new Map<string | null, ChartSeries>();
  const seriesOf = (name: string | null): ChartSeries => {
    const known = byName.get(name);
    if (known) return known;
    const made: ChartSeries = { name, actual: [], backtest: [], naive: [], forecast: [], lower: [], upper: [] };
    byName.set(name, made);
    return made;
  };
  for (const point of history) seriesOf(point.series).actual.push({ date: point.date, value: point.actual });
  for (const point of backtest) {
    const series = seriesOf(point.series);
    series.actual.push({ date: point.date, value: point.actual });
    series.backtest.push({ date: point.date, value: point.forecast });
    series.naive.push({ date: point.date, value: point.naive });
  }
  for (const row of predictions.rows) {
    const ids = row.slice(0, Math.min(columns.date, columns.forecast));
    const series = seriesOf(ids.length > 0 ? ids.join(' / ') : null);
    const date = row[columns.date] ?? '';
    for (const part of ['forecast', 'lower', 'upper'] as const) {
      const cell = columns[part] < 0 ? undefined : row[columns[part]];
      if (cell !== undefined && cell !== '' && Number.isFinite(Number(cell))) {
        series[part].push({ date, value: Number(cell) });
      }
    }
  }
  return [...byName.values()];
}

/** Pairs of actual and predicted numbers, for a table whose predicted rows are known; null for everything else. */
export function scatterPairs(predictions: Predictions): [actual: number, predicted: number][] | null {
  const predicted = predictions.header.lastIndexOf('prediction');
  const actual = predictions.header.lastIndexOf('actual');
  if (predicted < 0 || actual < 0) return null;
  const pairs = predictions.rows
    .filter((row) => row[actual] !== '' && row[predicted] !== '')
    .map((row): [number, number] => [Number(row[actual]), Number(row[predicted])]);
  return pairs.length > 0 && pairs.every((pair) => pair.every(Number.isFinite)) ? pairs : null;
}

/**
 * Column numbers in the order a reader wants them: for a table the row, then what was predicted (which the file has
 * last, after all of the data set's own columns), then the rest. A series' columns stay as they are.
 */
export function displayOrder(header: string[]): number[] {
  const all = header.map((_, at) => at);
  const prediction = header.lastIndexOf('prediction');
  if (prediction < 0) return all;
  const first = header[prediction - 1] === 'actual' ? prediction - 1 : prediction;
  return [0, ...all.slice(Math.max(1, first)), ...all.slice(1, Math.max(1, first))];
}
