import type { Predictions } from './predictions';

export interface ClassRow {
  actual: string;
  predicted: string;
  /** One a class, in the classes' order. */
  probabilities: number[];
}

export interface ClassTable {
  classes: string[];
  rows: ClassRow[];
}

const PREFIX = 'probability_';

/** Rows whose class is known, with the probability of each class; null for everything that is no classification. */
export function readClasses({ header, rows }: Predictions): ClassTable | null {
  const predicted = header.lastIndexOf('prediction');
  const actual = header.lastIndexOf('actual');
  const columns = header.flatMap((name, at) => (at > predicted && name.startsWith(PREFIX) ? [at] : []));
  if (predicted < 0 || actual < 0 || columns.length < 2) return null;
  const known = rows
    .filter((row) => row[actual] !== undefined && row[actual] !== '')
    .map((row) => ({
      actual: row[actual] ?? '',
      predicted: row[predicted] ?? '',
      probabilities: columns.map((at) => Number(row[at])),
    }))
    .filter((row) => row.probabilities.every(Number.isFinite));
  const classes = columns.map((at) => (header[at] ?? '').slice(PREFIX.length));
  return known.length > 0 ? { classes, rows: known } : null;
}

/** The class that is rarest among the actual ones: what one usually looks for. @returns its number. */
export function rarestClass({ classes, rows }: ClassTable): number {
  const counts = classes.map((name) => rows.filter((row) => row.actual === name).length);
  const present = counts.filter((count) => count > 0);
  return Math.max(0, counts.indexOf(Math.min(...present)));
}

export interface CurvePoint {
  threshold: number;
  /** Shares: of the positives found, of the negatives taken for positive, of the found that are positive. */
  recall: number;
  falseAlarms: number;
  precision: number;
}

export interface Curves {
  points: CurvePoint[];
  /** Area under the ROC curve. */
  auc: number;
}

/** ROC and precision-recall of one class against all others; null where one of the two sides has no row. */
export function curvesOf({ classes, rows }: ClassTable, positive: number): Curves | null {
  const scored = rows
    .map((row) => ({ score: row.probabilities[positive] ?? 0, hit: row.actual === classes[positive] }))
    .sort((a, b) => b.score - a.score);
  const positives = scored.filter((row) => row.hit).length;
  const negatives = scored.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const points: CurvePoint[] = [{ threshold: 1, recall: 0, falseAlarms: 0, precision: 1 }];
  let [hits, misses, auc] = [0, 0, 0];
  scored.forEach(({ score, hit }, at) => {
    if (hit) hits += 1;
    else misses += 1;
    // Rows of one score are called together, so they are one step of the curve.
    if (scored[at + 1]?.score === score) return;
    const before = points.at(-1)!;
    const point = {
      threshold: score,
      recall: hits / positives,
      falseAlarms: misses / negatives,
      precision: hits / (hits + misses),
    };
    auc += ((point.falseAlarms - before.falseAlarms) * (point.recall + before.recall)) / 2;
    points.push(point);
  });
  return { points, auc };
}

export interface Counts {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  trueNegative: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

/** What becomes of the rows when the class is called from this probability on. */
export function countsAt({ classes, rows }: ClassTable, positive: number, threshold: number): Counts {
  let [truePositive, falsePositive, falseNegative, trueNegative] = [0, 0, 0, 0];
  for (const row of rows) {
    const called = (row.probabilities[positive] ?? 0) >= threshold;
    const hit = row.actual === classes[positive];
    if (called && hit) truePositive += 1;
    else if (called) falsePositive += 1;
    else if (hit) falseNegative += 1;
    else trueNegative += 1;
  }
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    truePositive,
    falsePositive,
    falseNegative,
    trueNegative,
    precision: share(truePositive, truePositive + falsePositive),
    recall: share(truePositive, truePositive + falseNegative),
    f1: share(2 * truePositive, 2 * truePositive + falsePositive + falseNegative),
  };
}

export interface Bin {
  /** The mean probability that was said, and the share of rows that really are of the class. */
  said: number;
  share: number;
  rows: number;
}

const BINS = 10;
/** Of fewer rows a share tells nothing: such a bin is put together with its neighbour. */
const LEAST_ROWS = 10;

/** Whether a said probability of 30 % comes true three times in ten; the lowest first. */
export function calibrationOf({ classes, rows }: ClassTable, positive: number): Bin[] {
  const bins = Array.from({ length: BINS }, () => ({ said: 0, hits: 0, rows: 0 }));
  for (const row of rows) {
    const said = row.probabilities[positive] ?? 0;
    const bin = bins[Math.min(BINS - 1, Math.max(0, Math.floor(said * BINS)))]!;
    bin.said += said;
    bin.hits += row.actual === classes[positive] ? 1 : 0;
    bin.rows += 1;
  }
  return pooled(bins).map(({ said, hits, rows: count }) => ({ said: said / count, share: hits / count, rows: count }));
}

/** What is left over at the end goes to the last that is large enough. */
function pooled(bins: readonly { said: number; hits: number; rows: number }[]) {
  const done: { said: number; hits: number; rows: number }[] = [];
  let open = { said: 0, hits: 0, rows: 0 };
  for (const bin of bins) {
    open = { said: open.said + bin.said, hits: open.hits + bin.hits, rows: open.rows + bin.rows };
    if (open.rows < LEAST_ROWS) continue;
    done.push(open);
    open = { said: 0, hits: 0, rows: 0 };
  }
  if (open.rows === 0) return done;
  const last = done.pop() ?? { said: 0, hits: 0, rows: 0 };
  return [...done, { said: last.said + open.said, hits: last.hits + open.hits, rows: last.rows + open.rows }];
}

/** Mean squared difference between the probability and what came true: 0 is perfect, 0.25 a coin. */
export function brierOf({ classes, rows }: ClassTable, positive: number): number {
  const errors = rows.map(
    (row) => ((row.probabilities[positive] ?? 0) - (row.actual === classes[positive] ? 1 : 0)) ** 2,
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

/** Rows: actual, columns: predicted; in the classes' order. */
export function confusionOf({ classes, rows }: ClassTable): number[][] {
  const index = new Map(classes.map((name, at) => [name, at]));
  const matrix = classes.map(() => classes.map(() => 0));
  for (const row of rows) {
    const cells = matrix[index.get(row.actual) ?? -1];
    const column = index.get(row.predicted);
    if (cells && column !== undefined) cells[column] = (cells[column] ?? 0) + 1;
  }
  return matrix;
}
