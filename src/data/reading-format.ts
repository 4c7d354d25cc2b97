import type { ColumnType } from '../contracts/dataset';
import type { DateOrder } from './cells/dates';
import type { Reading } from './reading';

/** The reading that a format spells as `Column.format` does; undefined where it spells none. */
export function readingOfFormat(format: string, type?: ColumnType): Reading | undefined {
  const date = dateOfFormat(format);
  if (date !== undefined) return date;
  const words = /^([^/]{1,20})\/([^/]{1,20})$/u.exec(format);
  if (words !== null && (type === undefined || type === 'boolean')) {
    const [, yes = '', no = ''] = words;
    return { kind: 'boolean', words: { true: yes.trim().toLowerCase(), false: no.trim().toLowerCase() } };
  }
  const number = /^\D{0,6}1\D?234([.,])5\D{0,6}$/u.exec(format);
  return number === null ? undefined : { kind: 'number', decimal: number[1] as '.' | ',' };
}

function dateOfFormat(format: string): Reading | undefined {
  const base = { kind: 'date', order: 'YMD', utc: false } as const;
  if (format === 'epoch') return { ...base, notation: 'epoch', withTime: true };
  if (format === 'quarter' || format === 'ISO week') return { ...base, notation: 'written', withTime: false };
  if (format === '%Y') return { ...base, notation: 'year', withTime: false };
  if (!/%[Yy]/.test(format) || !/%[mbB]/.test(format)) return undefined;
  const withTime = /%[HI]/.test(format);
  if (/^(%[YmdHMS])+$/.test(format)) return { ...base, notation: 'compact', withTime };
  return { ...base, notation: 'written', order: orderOf(format), withTime };
}

function orderOf(format: string): DateOrder {
  const at = (part: RegExp) => format.search(part);
  const [year, month, day] = [at(/%[Yy]/), at(/%[mbB]/), at(/%d/)] as const;
  if (day === -1 || (year < month && year < day)) return 'YMD';
  return day < month ? 'DMY' : 'MDY';
}
