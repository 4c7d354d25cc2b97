import type { Alteration } from '../contracts/dataset';
import { cut } from '../contracts/failure';

const SAMPLES = 5;
const SAMPLE_CHARACTERS = 200;

/** What each code means, in a sentence that a person reads. */
const MESSAGES = {
  preamble_line: 'Lines before the table were left out.',
  footnote_line: 'Lines after the table were left out.',
  blank_row: 'Rows without any value were left out.',
  comment_line: 'Comment lines inside the table were left out.',
  repeated_header: 'Rows that repeat the header were left out.',
  row_too_long: 'Rows with more cells than the table has columns were left out: their cells cannot be placed.',
  row_too_short: 'Rows with fewer cells than the table has columns were filled up with missing values.',
  malformed_quotes: 'Cells with quotes inside quotes were read as their writer most likely meant.',
  dropped_column: 'Columns were left out as asked.',
  time_cut: 'Times of day were cut off, since the column was asked to hold days.',
  empty_column: 'Columns without name and values were left out.',
  renamed_column: 'Column names that were empty or came twice were made unique.',
  missing_spelling: 'Spellings of "no value" became missing values.',
  unparsable_cell: "Cells that do not fit their column's type became missing values.",
  trimmed_cell: 'Blanks around values were removed.',
  subsecond_cut: 'Fractions of a second were cut off.',
} as const;
export type AlterationCode = keyof typeof MESSAGES;

/** Counts what normalising altered or dropped, with the first few samples of each kind. */
export class Ledger {
  private readonly entries = new Map<string, Alteration>();

  add(code: AlterationCode, column: string | null, sample: string | null, count = 1): void {
    if (count === 0) return;
    const key = `${code} ${column ?? ''}`;
    const entry = this.entries.get(key) ?? { code, column, count: 0, samples: [], message: MESSAGES[code] };
    entry.count += count;
    if (sample !== null && entry.samples.length < SAMPLES) {
      const text = cut(sample, SAMPLE_CHARACTERS);
      if (!entry.samples.includes(text)) entry.samples.push(text);
    }
    this.entries.set(key, entry);
  }

  count(code: AlterationCode): number {
    return [...this.entries.values()].reduce((sum, entry) => (entry.code === code ? sum + entry.count : sum), 0);
  }

  all(): Alteration[] {
    return [...this.entries.values()];
  }
}
