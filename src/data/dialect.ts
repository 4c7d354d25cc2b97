import type { Dialect } from '../contracts/dataset';
import type { DialectOverrides } from '../contracts/dataset-overrides';
import { refuseForeignContent, refuseForeignText } from './content';
import { detectRowDelimiter, detectSyntax } from './delimiter';
import { decode, detectEncoding } from './encoding';
import { dataError } from './errors';
import { detectLayout } from './layout';
import { MAX_COLUMNS } from './limits';
import { refuseForeignEncoding, refuseForeignSyntax } from './overrides';
import { scanSource, type SourceScan } from './source-scan';

const QUOTES_AS_TEXT =
  'Double quotation marks in the cells are taken as text. If they enclose cells, set the quote character to ".';

/** A file's dialect with what was learned on the way to it. */
export interface Inspection {
  /** `decimal` and `thousands` are provisional: the columns decide them. */
  dialect: Dialect;
  confidence: number;
  warnings: string[];
  /** Cells in a row of the table. */
  width: number;
  unnamedIndex: boolean;
  scan: SourceScan;
  /** The decoded start of the file, whole lines. */
  text: string;
}

/**
 * Decides how a file is written, from its first megabyte, its end and one pass over its bytes. What `overrides` names
 * is taken as given. @throws {AutomlError} category `data` where the file is no table.
 */
export async function inspectSource(
  file: string,
  overrides: DialectOverrides = {},
  signal?: AbortSignal,
): Promise<Inspection> {
  const scan = await scanSource(file, signal);
  refuseForeignContent(scan.head);
  if (overrides.encoding !== undefined) refuseForeignEncoding(overrides.encoding, scan);
  const detected = detectEncoding(scan);
  const encoding = overrides.encoding ?? detected.encoding;
  const warnings = detected.warning === null || overrides.encoding ? [] : [detected.warning];
  const decoded = decode(scan.head, encoding);
  refuseForeignText(decoded);
  const complete = scan.head.length === scan.bytes;
  if (decoded.trim() === '') {
    if (!complete) throw endlessLine();
    throw dataError('empty_file', 'The file holds nothing but blanks.', 'Upload a CSV file with a header and rows.');
  }
  const rowDelimiter = overrides.row_delimiter ?? detectRowDelimiter(decoded);
  if (!complete && !decoded.includes(rowDelimiter)) throw endlessLine();
  const text = complete ? decoded : wholeLines(decoded, rowDelimiter);
  refuseForeignSyntax(overrides, text, rowDelimiter);
  const found = detectSyntax(withoutSeparatorLine(text), rowDelimiter, scan.quotes);
  const declared = separatorLine(text);
  const syntax = { ...found.syntax, ...(declared && { delimiter: declared }), ...given(overrides) };
  if (syntax.quotechar === '' && /"[^"\r\n]*""/.test(text) && !('quotechar' in overrides))
    warnings.push(QUOTES_AS_TEXT);
  const tail = complete ? text : afterFirstLine(decode(scan.tail, encoding), rowDelimiter);
  const layout = detectLayout({ text, tail }, syntax, overrides);
  if (layout.width > MAX_COLUMNS) throw tooManyColumns(layout.width);
  const { width, unnamed_index, confidence, ...lines } = layout;
  return {
    dialect: { encoding, ...syntax, ...lines, decimal: '.', thousands: '', ...defined(overrides) },
    confidence: Math.min(detected.confidence, declared ? 1 : found.confidence, confidence),
    warnings,
    width,
    unnamedIndex: unnamed_index && overrides.header_rows !== 0,
    scan,
    text,
  };
}

export function tooManyColumns(count: number): Error {
  return dataError(
    'too_many_columns',
    `The table has ${count} columns; at most ${MAX_COLUMNS} can be read.`,
    'Drop columns that are not needed, or turn the table so that its rows are the observations.',
  );
}

function endlessLine(): Error {
  return dataError(
    'line_too_long',
    'The first line is longer than a million characters.',
    `Check that the file is a table with one record a line and at most ${MAX_COLUMNS} columns.`,
  );
}

/** Excel's first line `sep=;`. */
function separatorLine(text: string): string | undefined {
  return /^sep=(.)\r?\n/i.exec(text)?.[1];
}

function withoutSeparatorLine(text: string): string {
  return text.replace(/^sep=.\r?\n/i, '');
}

function given({ delimiter, quotechar, escapechar }: DialectOverrides) {
  return defined({ delimiter, quotechar, escapechar });
}

/** Without the keys that are there but undefined. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

function wholeLines(text: string, rowDelimiter: string): string {
  const end = text.lastIndexOf(rowDelimiter);
  return end === -1 ? text : text.slice(0, end + rowDelimiter.length);
}

function afterFirstLine(text: string, rowDelimiter: string): string {
  const end = text.indexOf(rowDelimiter);
  return end === -1 ? '' : text.slice(end + rowDelimiter.length);
}
