import { AnalysisReport } from '../../contracts/analysis';
import type { BacktestPoint } from '../../contracts/execution';
import type { HistoryPoint } from '../../contracts/jobs';
import { readColumns } from '../../data';

/** Rows of the data set that are looked at, and points a series that a chart gets. */
const MOST_ROWS = 200_000;
const MOST_POINTS = 400;
/** So many times the backtest's length give its scale without hiding it. */
const TIMES_BACKTEST = 6;

/**
 * The observations of each backtested series just before its backtest, oldest first.
 * @param datasetFile the job's canonical data set; only its first 200,000 rows are looked at
 */
export async function recentHistory(
  datasetFile: string,
  analysis: unknown,
  backtest: readonly BacktestPoint[],
): Promise<HistoryPoint[]> {
  const report = AnalysisReport.safeParse(analysis).data;
  if (!report?.date_column || backtest.length === 0) return [];
  const { date_column: dateColumn, series_id_columns: idColumns, target } = report;
  const columns = await readColumns(datasetFile, [dateColumn, target.column, ...idColumns], MOST_ROWS);
  const starts = startsOf(backtest);
  const bySeries = new Map<string | null, HistoryPoint[]>();
  for (const [row, date] of columns[dateColumn]!.entries()) {
    const series = idColumns.length > 0 ? idColumns.map((name) => columns[name]![row]).join(' / ') : null;
    const start = starts.get(series);
    const cell = columns[target.column]![row]!;
    if (start === undefined || cell === '' || !(Date.parse(date) < start)) continue;
    const points = bySeries.get(series) ?? [];
    points.push({ series, date, actual: Number(cell) });
    bySeries.set(series, points);
  }
  const wanted = Math.min(MOST_POINTS, TIMES_BACKTEST * Math.ceil(backtest.length / starts.size));
  return [...bySeries.values()].flatMap((points) =>
    points.sort((one, other) => Date.parse(one.date) - Date.parse(other.date)).slice(-wanted),
  );
}

/** When each series' backtest begins, milliseconds. */
function startsOf(backtest: readonly BacktestPoint[]): Map<string | null, number> {
  const starts = new Map<string | null, number>();
  for (const { series, date } of backtest) {
    starts.set(series, Math.min(starts.get(series) ?? Infinity, Date.parse(date)));
  }
  return starts;
}
