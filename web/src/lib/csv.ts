/** A quick look at a table in the browser, to choose the target from; the server's own reading decides. */
export interface Preview {
  columns: PreviewColumn[];
  rows: string[][];
  delimiter: string;
}

export interface PreviewColumn {
  name: string;
  kind: 'number' | 'date' | 'text';
}

const DELIMITERS = [',', ';', '\t', '|'];
/** Enough for a header and some rows of any sane table. */
export const PREVIEW_BYTES = 128 * 1024;
const MAX_ROWS = 50;

/** Splits text into rows after RFC 4180: quotes may hold delimiters, doubled quotes and line breaks. */
export function parseCsv(text: string, delimiter: string, maxRows: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endRow = () => {
    row.push(cell);
    if (row.length > 1 || cell !== '') rows.push(row);
    row = [];
    cell = '';
  };
  for (let at = 0; at < text.length && rows.length < maxRows; at += 1) {
    const char = text.charAt(at);
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === delimiter) {
      row.push(cell);
      cell = '';
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text.charAt(at + 1) === '\n') at += 1;
      endRow();
    } else cell += char;
  }
  if (rows.length < maxRows && (cell !== '' || row.length > 0)) endRow();
  return rows;
}

/** The delimiter that cuts the first lines into the most columns, evenly. */
function guessDelimiter(text: string): string {
  let best = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const widths = parseCsv(text, delimiter, 20).map((row) => row.length);
    const width = mode(widths);
    const even = widths.filter((count) => count === width).length / Math.max(1, widths.length);
    const score = width > 1 ? even * 10 + Math.log(width) : 0;
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

function mode(values: number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

const NUMBER = /^[-+]?(\d{1,3}([.,' ]\d{3})+|\d+)?([.,]\d+)?(e[-+]?\d+)?\s*%?$/i;
const DATE =
  /^(\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?$/;

function kindOf(values: string[]): PreviewColumn['kind'] {
  const present = values
    .map((value) => value.trim())
    .filter((value) => value !== '' && !/^(na|nan|null|n\/a|-)$/i.test(value));
  const most = (test: (value: string) => boolean) =>
    present.length > 0 && present.filter(test).length >= present.length * 0.9;
  if (most((value) => DATE.test(value))) return 'date';
  return most((value) => /\d/.test(value) && NUMBER.test(value)) ? 'number' : 'text';
}

/** The same look at rows that came as a table already. */
export function previewOfRows(names: readonly string[], rows: string[][]): Preview {
  const columns = names.map((name, at) => ({ name, kind: kindOf(rows.map((row) => row[at] ?? '')) }));
  return { columns, rows, delimiter: '' };
}

/** @returns null where the bytes are not text in columns and rows. */
export function previewOf(bytes: Uint8Array): Preview | null {
  const text = decode(bytes);
  if (text.includes('\u0000')) return null;
  const delimiter = guessDelimiter(text);
  const rows = parseCsv(text, delimiter, MAX_ROWS);
  const width = mode(rows.map((row) => row.length));
  const start = rows.findIndex((row) => row.length === width);
  const header = rows[start];
  if (!header || width === 0) return null;
  const body = rows.slice(start + 1).filter((row) => row.length === width);
  const columns = header.map((name, at) => ({
    name: name.trim() || `column_${at + 1}`,
    kind: kindOf(body.map((row) => row[at] ?? '')),
  }));
  return { columns, rows: body, delimiter };
}

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    // `stream`: the slice may end within a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The last numeric column, the commonest place for a target; else the last column that is no date. */
export function suggestTarget(columns: PreviewColumn[]): string | null {
  const named = columns.filter((column) => !/^(id|.*_id|index|row|unnamed.*|year|month|day)$/i.test(column.name));
  const last = (kind: PreviewColumn['kind']) => named.findLast((column) => column.kind === kind)?.name;
  return last('number') ?? last('text') ?? null;
}
