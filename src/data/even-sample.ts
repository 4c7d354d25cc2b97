import { withDuckDb } from './duckdb';
import { readPage } from './pages';
import { readTable } from './read';

/** Cells that a sample may hold, however wide the table is. */
const SAMPLE_CELLS = 1_000_000;
/** Consecutive rows are read together: a row alone costs as much as its neighbours with it. */
const BLOCK_ROWS = 100;
/** Bytes of a canonical file up to which repeated rows are looked for. */
const REPEATS_BYTES = 64 * 1024 * 1024;

/** Rows of a canonical file in file order, as columns of its text; empty where a value is missing. */
export interface EvenSample {
  columns: Record<string, string[]>;
  rows: number;
  /** Whether these are all rows of the file. */
  complete: boolean;
}

/**
 * At most `limit` rows: all of a small file, else blocks of neighbours at even distances, found through the file's row
 * index, so that it costs the same whatever the file's size. The same file always gives the same rows.
 */
export async function readEvenSample(
  file: string,
  { rows, columns, limit }: { rows: number; columns: number; limit: number },
): Promise<EvenSample> {
  const wanted = Math.min(rows, limit, Math.max(BLOCK_ROWS, Math.floor(SAMPLE_CELLS / Math.max(1, columns))));
  const complete = wanted === rows;
  const blocks = complete ? 1 : Math.max(1, Math.floor(wanted / BLOCK_ROWS));
  const each = complete ? rows : BLOCK_ROWS;
  const found: Record<string, string[]> = {};
  let names: string[] = [];
  let read = 0;
  for (let block = 0; block < blocks; block += 1) {
    const offset = complete ? 0 : Math.floor((block * (rows - each)) / Math.max(1, blocks - 1));
    const page = await readPage(file, { offset, limit: each });
    if (block === 0) {
      names = page.columns;
      for (const name of names) found[name] = [];
    }
    for (const row of page.rows) names.forEach((name, index) => found[name]!.push(row[index] ?? ''));
    read += page.rows.length;
  }
  return { columns: found, rows: read, complete };
}

/** Rows that repeat an earlier one in every cell; null where the file is too large to look. */
export async function countRepeatedRows(
  file: string,
  { bytes, columns }: { bytes: number; columns: number },
): Promise<number | null> {
  if (bytes > REPEATS_BYTES || columns === 0) return null;
  const types = Array.from({ length: columns }, () => 'VARCHAR');
  return withDuckDb(columns, async (connection) => {
    const cells = types.map((_, index) => `c${index}`).join(', ');
    const reader = await readTable({ file, types }, (table) =>
      connection.runAndReadAll(`SELECT count(*) - count(DISTINCT hash(${cells})) FROM ${table}`),
    );
    return Number(reader.getRowsJS()[0]?.[0] ?? 0);
  });
}
