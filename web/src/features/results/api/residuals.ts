export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** Bars of a histogram; few for few values. */
const MOST_BINS = 31;

/** Differences in bins of equal width, one of them centred on zero: over- and underestimates stand apart. */
export function residualBins(differences: readonly number[]): Bin[] {
  const reach = differences.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (differences.length < 2 || reach === 0) return [];
  const wanted = Math.min(MOST_BINS, 2 * Math.ceil(Math.sqrt(differences.length)) + 1);
  const side = Math.floor(wanted / 2);
  const width = (2 * reach) / (2 * side + 1);
  const bins = Array.from({ length: 2 * side + 1 }, (_, at) => {
    // From the middle outwards, so that the middle one's centre is zero to the last digit.
    return { from: (at - side - 0.5) * width, to: (at - side + 0.5) * width, count: 0 };
  });
  for (const value of differences) {
    const bin = bins[Math.min(bins.length - 1, Math.floor((value + reach) / width))];
    if (bin) bin.count += 1;
  }
  return bins;
}
