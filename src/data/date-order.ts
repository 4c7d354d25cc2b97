import { isoMoment, readDate, type DateOrder } from './cells/dates';

/** How much more orderly one reading must be than the next before the sequence decides. */
const CLEARLY = 0.15;
/** A reading this orderly is a calendar; one that is a little less so is not. */
const PERFECT = 0.97;
const A_LITTLE = 0.02;

/**
 * The order under which the dates follow each other best, in file order: `same` where all orders give the same dates,
 * null where none is clearly better.
 */
export function orderBySequence(cells: string[], orders: DateOrder[]): DateOrder | 'same' | null {
  const readings = orders.map((order) => cells.map((cell) => momentOf(cell, order)));
  const [first] = readings;
  if (first === undefined || readings.every((moments) => moments.every((moment, index) => moment === first[index]))) {
    return 'same';
  }
  const ranked = orders
    .map((order, index) => ({ order, score: orderliness(readings[index] as number[]) }))
    .sort((a, b) => b.score - a.score);
  const [best, next] = ranked;
  if (best === undefined || next === undefined) return null;
  const lead = best.score - next.score;
  return lead >= CLEARLY || (best.score >= PERFECT && lead >= A_LITTLE) ? best.order : null;
}

function momentOf(cell: string, order: DateOrder): number {
  const stamp = readDate(cell, order);
  return stamp === undefined ? Number.NaN : Date.parse(`${isoMoment(stamp, true)}Z`);
}

/** The mean of the shares of steps that go one way and of steps that are alike, in days or in months. */
function orderliness(moments: number[]): number {
  const steps: number[] = [];
  const months: number[] = [];
  let up = 0;
  let down = 0;
  for (let index = 1; index < moments.length; index += 1) {
    const [before, after] = [moments[index - 1] as number, moments[index] as number];
    if (Number.isNaN(before) || Number.isNaN(after) || before === after) continue;
    steps.push(after - before);
    months.push(monthStep(before, after));
    if (after > before) up += 1;
    else down += 1;
  }
  if (steps.length < 3) return 0;
  const oneWay = Math.max(up, down) / steps.length;
  return (oneWay + Math.max(modalShare(steps), modalShare(months))) / 2;
}

/** Whole months between two firsts or ends of months; unlike every other step where they are not. */
function monthStep(before: number, after: number): number {
  const [a, b] = [new Date(before), new Date(after)];
  if (a.getUTCDate() !== b.getUTCDate() || (a.getUTCDate() > 1 && a.getUTCDate() < 28)) return Number.NaN;
  return (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
}

function modalShare(steps: number[]): number {
  const counts = new Map<number, number>();
  for (const step of steps) if (!Number.isNaN(step)) counts.set(step, (counts.get(step) ?? 0) + 1);
  return Math.max(0, ...counts.values()) / steps.length;
}
