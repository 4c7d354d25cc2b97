import type { Column } from '../../contracts/dataset';
import type { EvenSample } from '../../data';
import { plainName } from '../text';

/** What a column's profile says about its role; all pure questions on one column. */

export function isDate(column: Column): boolean {
  return column.type === 'date' || column.type === 'datetime';
}

export function isNumeric(column: Column): boolean {
  return column.type === 'integer' || column.type === 'real';
}

const ID_NAME =
  /(?:^| )(?:id|ids|uuid|guid|key|index|idx|rownum|row number|row|instant|unnamed 0|nr|numero|codigo|folio|serial|email|phone|telefono)$/;

/** Whether the values only name the rows: unique keys and row counters carry nothing to learn from. */
export function looksLikeId(column: Column, rows: number): boolean {
  const present = rows - column.missing;
  if (present < 10 || column.type === 'real' || column.type === 'boolean' || isDate(column)) return false;
  const unique = column.distinct >= present * 0.99;
  if (ID_NAME.test(plainName(column.name))) return column.distinct > present * 0.5;
  if (!unique) return false;
  return column.type === 'integer' ? isCounter(column) : true;
}

/** Unique whole numbers without holes, as a row number has them. */
function isCounter(column: Column): boolean {
  if (typeof column.min !== 'number' || typeof column.max !== 'number') return false;
  const years = /\b(?:year|ano|annee|jahr)\b/.test(plainName(column.name));
  return !years && column.max - column.min + 1 === column.distinct && column.distinct > 20;
}

/** A text or category of which (nearly) every value is another one. */
export function isFreeText(column: Column, rows: number): boolean {
  const present = rows - column.missing;
  if (column.type === 'text') return column.distinct > Math.max(50, present * 0.1);
  return column.type === 'category' && present >= 20 && column.distinct > present * 0.5;
}

/** Of a text's words, so many on average: fewer are names or codes. */
const WORDS_A_TEXT = 2;
/** Below so many different texts they are categories. */
const MANY_TEXTS = 50;

/** Of a table's words each must come so often, on average, to be learnt as a category. */
export const ROWS_A_VALUE = 2;

/** A column of ever other texts with several words each, which can be learnt from word by word. */
export function isReadable(column: Column, sample: EvenSample, rows: number): boolean {
  if (column.type !== 'text' && column.type !== 'category') return false;
  if (column.role === 'text') return column.distinct > 1;
  const repeated = (rows - column.missing) / column.distinct >= ROWS_A_VALUE;
  if (repeated || column.distinct < MANY_TEXTS || ID_NAME.test(plainName(column.name))) return false;
  const texts = (sample.columns[column.name] ?? []).filter((cell) => cell !== '');
  const words = texts.reduce((sum, text) => sum + (text.match(/\p{L}{2,}/gu)?.length ?? 0), 0);
  return texts.length > 0 && words / texts.length >= WORDS_A_TEXT;
}
