import type { DatasetOverrides } from '../../contracts/dataset-overrides';

/** How a CSV file of our own making is written: nothing of that is to be detected. */
export function canonicalOverrides(columns: number): DatasetOverrides {
  return {
    dialect: {
      encoding: 'utf-8',
      // In a file of one column the comma is nowhere.
      ...(columns > 1 ? { delimiter: ',' } : {}),
      quotechar: '"',
      preamble_lines: 0,
      header_rows: 1,
      footnote_lines: 0,
    },
  };
}
