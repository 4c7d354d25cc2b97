import { Bit } from './bits';

export type DecimalMark = '.' | ',';

const CURRENCY =
  /^(?:[$€£¥₹₽₩₪₺₫฿₴₦R]|R\$|US\$|C\$|A\$|S\/\.?|kr\.?|zł|CHF|USD|EUR|GBP|JPY|BRL|MXN|ARS|CLP|COP|PEN|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK)$/i;
const POINT =
  /^(?:(\d{1,3}(?:([, '_\u00a0\u202f\u2009’])\d{3})(?:\2\d{3})*|\d{1,2}(?:,\d{2})+,\d{3})|(\d*))(?:\.(\d*))?([eE][+-]?\d{1,3})?$/;
const COMMA = /^(?:(\d{1,3}(?:([. '_\u00a0\u202f\u2009’])\d{3})(?:\2\d{3})*)|(\d*))(?:,(\d*))?([eE][+-]?\d{1,3})?$/;

/** A cell without what stands around its digits. */
interface Core {
  sign: string;
  body: string;
  affix: number;
}

interface Parts {
  sign: string;
  integer: string;
  fraction: string;
  exponent: string;
  grouped: boolean;
}

/** The bits of a trimmed cell that is a number in some locale; 0 where it is none. */
export function numberBits(text: string): number {
  const plain = plainBits(text);
  if (plain !== -1) return plain;
  const core = stripAffixes(text);
  if (core === undefined) return 0;
  return localeBits(core, '.') | localeBits(core, ',');
}

/**
 * The canonical spelling of a trimmed cell read with this decimal mark: digits as written, `.` for decimals, no
 * grouping, sign or affix but a leading `-`. Undefined where the cell is no such number.
 */
export function canonicalNumber(text: string, decimal: DecimalMark): string | undefined {
  const plain = plainBits(text);
  if (plain !== -1 && (plain & Bit.LEADING_ZERO) === 0) {
    if (plain === 0) return undefined;
    if ((plain & (Bit.POINT_FRACTION | Bit.COMMA_FRACTION)) === 0) return text;
    if (decimal === '.' && (plain & Bit.POINT) !== 0) return text;
  }
  const core = stripAffixes(text);
  const parts = core && localeParts(core, decimal);
  if (parts === undefined) return undefined;
  const integer = parts.integer.replace(/^0+(?=\d)/, '') || '0';
  const fraction = parts.fraction === '' ? '' : `.${parts.fraction}`;
  return `${parts.sign}${integer}${fraction}${parts.exponent}`;
}

/**
 * The bits of `-123` and `-123.45`, scanned by hand since nearly all numbers are such; -1 where the cell needs
 * the long way, 0 where it can't be a number at all.
 */
function plainBits(text: string): number {
  let position = text.charCodeAt(0) === 45 ? 1 : 0;
  const start = position;
  const length = text.length;
  let code = text.charCodeAt(position);
  while (code >= 48 && code <= 57) code = text.charCodeAt((position += 1));
  const digits = position - start;
  if (digits === 0) return mayBeNumber(text) ? -1 : 0;
  const zero = digits > 1 && text.charCodeAt(start) === 48 ? Bit.LEADING_ZERO : 0;
  const long = digits > 3 ? (digits > 15 ? Bit.LONG : 0) | Bit.UNGROUPED : 0;
  if (position === length) return Bit.POINT | Bit.COMMA | zero | long;
  if (code !== 46) return -1;
  const dot = position;
  do code = text.charCodeAt((position += 1));
  while (code >= 48 && code <= 57);
  if (position !== length || position === dot + 1) return -1;
  const grouped = digits <= 3 && position - dot === 4 && zero === 0 && text.charCodeAt(start) !== 48;
  return Bit.POINT | Bit.POINT_FRACTION | zero | long | (grouped ? Bit.COMMA | Bit.GROUPED : 0);
}

function mayBeNumber(text: string): boolean {
  if (text.length > 60) return false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) return true;
  }
  return false;
}

/** Cuts sign, parentheses, currency and percent off the digits. */
function stripAffixes(text: string): Core | undefined {
  let start = 0;
  while (start < text.length && !isDigit(text, start)) start += 1;
  if (start > 0 && (text[start - 1] === '.' || text[start - 1] === ',')) start -= 1;
  let end = text.length;
  while (end > start && !isDigit(text, end - 1)) end -= 1;
  if (text[end] === '.' || text[end] === ',') end += 1;
  const before = text.slice(0, start).replace(/\s+/g, '');
  const after = text.slice(end).replace(/\s+/g, '');
  const open = /[(+\-−]/.exec(before)?.[0] ?? '';
  const close = /[)-]$/.exec(after)?.[0] ?? '';
  if ((open === '(') !== (close === ')') || (close === '-' && open !== '')) return undefined;
  let affix = 0;
  for (const part of [before.replace(open, ''), close === '' ? after : after.slice(0, -1)]) {
    if (part === '') continue;
    if (part === '%' || part === '‰') affix |= Bit.PERCENT;
    else if (CURRENCY.test(part)) affix |= Bit.CURRENCY;
    else return undefined;
  }
  const negative = close === '-' || (open !== '' && open !== '+');
  return { sign: negative ? '-' : '', body: text.slice(start, end), affix };
}

function isDigit(text: string, position: number): boolean {
  const code = text.charCodeAt(position);
  return code >= 48 && code <= 57;
}

function localeParts(core: Core, decimal: DecimalMark): Parts | undefined {
  const match = (decimal === '.' ? POINT : COMMA).exec(core.body);
  if (match === null) return undefined;
  const [, grouped, , digits = '', fraction = '', exponent = ''] = match;
  const integer = grouped === undefined ? digits : grouped.replace(/\D/g, '');
  if (integer === '' && fraction === '') return undefined;
  // 0,123 is a fraction, never a group.
  if (grouped !== undefined && grouped.startsWith('0')) return undefined;
  return { sign: core.sign, integer, fraction, exponent, grouped: grouped !== undefined };
}

function localeBits(core: Core, decimal: DecimalMark): number {
  const parts = localeParts(core, decimal);
  if (parts === undefined) return 0;
  const point = decimal === '.';
  let bits = core.affix | (point ? Bit.POINT : Bit.COMMA);
  if (parts.fraction !== '' || parts.exponent !== '') bits |= point ? Bit.POINT_FRACTION : Bit.COMMA_FRACTION;
  if (parts.grouped) bits |= Bit.GROUPED;
  if (parts.integer.length > 1 && parts.integer.startsWith('0')) bits |= Bit.LEADING_ZERO;
  if (parts.integer.length > 15) bits |= Bit.LONG;
  if (parts.integer.length > 3 && !parts.grouped) bits |= Bit.UNGROUPED;
  return bits;
}
