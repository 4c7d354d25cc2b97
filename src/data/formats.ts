import type { DateOrder } from './cells/dates';
import type { DecimalMark } from './cells/numbers';

/** How decorated numbers are written, as one example with its digits replaced: `1.234,5 €`; null where all are plain. */
export function describeNumbers(decorated: string[], decimal: DecimalMark): string | null {
  const grouping = groupingOf(decorated, decimal);
  const affix = decorated.map(affixOf).find((text) => text !== undefined);
  if (grouping === undefined && affix === undefined && decimal === '.') return null;
  const number = grouping === undefined ? `1234${decimal}5` : `1${grouping}234${decimal}5`;
  return affix === undefined ? number : `${number} ${affix}`;
}

/** The separator of thousands in these numbers; undefined where there is none. */
export function groupingOf(decorated: string[], decimal: DecimalMark): string | undefined {
  return decorated
    .map((text) => /\d([., '_\u00a0\u202f\u2009’])\d{3}(?!\d)/.exec(text)?.[1])
    .find((mark) => mark !== undefined && mark !== decimal);
}

function affixOf(text: string): string | undefined {
  return /[^\d\s.,'_()+-]+/.exec(text.replace(/\d[eE][+-]?\d/, ''))?.[0];
}

/** How dates are written, as strptime would say it, from the first of them; null where they are ISO already. */
export function describeDates(cells: string[], order: DateOrder): string | null {
  const cell = cells[0] ?? '';
  if (/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?$/.test(cell)) return null;
  const time = /[T ,]+\d{1,2}[:h]\d{2}.*$/.exec(cell);
  return (
    describeDay(time === null ? cell : cell.slice(0, time.index), order) + (time === null ? '' : describeTime(time[0]))
  );
}

function describeDay(text: string, order: DateOrder): string {
  const triple = /^(\d{1,4})([-/. ])\d{1,2}[-/. ](\d{1,4})$/.exec(text);
  if (triple !== null) {
    const [, first = '', mark = '', last = ''] = triple;
    if (first.length === 4) return ['%Y', '%m', '%d'].join(mark);
    const year = last.length === 4 ? '%Y' : '%y';
    const parts = { DMY: ['%d', '%m', year], MDY: ['%m', '%d', year], YMD: ['%y', '%m', '%d'] }[order];
    return parts.join(mark);
  }
  if (/[QqTt]/.test(text) && text.length <= 8 && !/[A-Za-z]{2}/.test(text)) return 'quarter';
  if (/[Ww]\d/.test(text)) return 'ISO week';
  if (/^\d{4}\D?\d{1,2}$/.test(text)) return `%Y${text[4] ?? ''}%m`;
  if (/^\d{1,2}\D\d{4}$/.test(text)) return `%m${text.replace(/\d/g, '')}%Y`;
  // Month names: each run of letters and digits by what it can be.
  return text
    .replace(/\p{L}{3,}\.?/gu, '%b')
    .replace(/\d{4}/, '%Y')
    .replace(/(?<!%)\b\d{1,2}(?=\D|$)/, text.includes(' ') || /\d{4}/.test(text) || /\d\D.*\d/.test(text) ? '%d' : '%y')
    .replace(/\b\d{2}$/, '%y');
}

function describeTime(text: string): string {
  const lead = text.startsWith('T') ? 'T' : ' ';
  const seconds = /:\d{2}:\d{2}/.test(text) ? ':%S' : '';
  const fraction = /:\d{2}[.,]\d+/.test(text) ? '.%f' : '';
  const half = /[ap]\.?\s?m/i.test(text);
  const zone = /(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$/i.test(text) ? '%z' : '';
  return `${lead}${half ? '%I' : '%H'}:%M${seconds}${fraction}${half ? ' %p' : ''}${zone}`;
}
