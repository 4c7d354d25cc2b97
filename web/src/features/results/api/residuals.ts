export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** Bars of a histogram; few for few values. */
const MOST_BINS = 31;

/** Differences in bins of one round width, one of them centred on zero: over- and underestimates stand apart. */
export function residualBins(differences: readonly number[]): Bin[] {
  const reach = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (differences.length < 2 || reach === 0) return [];
  const wanted = Math.min(MOST_BINS, 2 * Math.ceil(Math.sqrt(differences.length)) + 1);
  const width = roundUp((2 * reach) / wanted);
  const numbers = differences.map((value) => Math.round(value / width));
  const [first, last] = [Math.min(0, ...numbers), Math.max(0, ...numbers)];
  const bins = Array.from({ length: last - first + 1 }, (_, at) => {
    // Of the whole number, so that the middle one's centre is zero to the last digit.
    return { from: (at + first - 0.5) * width, to: (at + first + 0.5) * width, count: 0 };
  });
  for (const number of numbers) bins[number - first]!.count += 1;
  return bins;
}

/** The next of 1, 2, 5, 10, 20 … (or of 0.1, 0.2 …). */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}
