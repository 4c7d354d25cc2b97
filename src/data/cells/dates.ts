import { Bit } from './bits';
import { fullYear, readNamedDate } from './months';

/** Which part comes first in a date of three numbers. */
export const DATE_ORDERS = ['DMY', 'MDY', 'YMD'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** A moment as written: no zone applied, `offset` in minutes where one was given. */
export interface Stamp {
  year: number;
  month: number;
  day: number;
  seconds: number;
  hasTime: boolean;
  subsecond: boolean;
  offset: number | null;
}

interface Clock {
  seconds: number;
  subsecond: boolean;
  offset: number | null;
}

const CLOCK =
  /(?:^|[T\s,]+)(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([AaPp]\.?\s?[Mm]\.?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
const TRIPLE = /^(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})$/;
const YEAR_MONTH = /^(\d{4})[-/M](\d{1,2})$/;
const MONTH_YEAR = /^(\d{1,2})[-/](\d{4})$/;
const YEAR_QUARTER = /^(\d{4})[\s/-]?[QqTt]([1-4])$/;
const QUARTER_YEAR = /^(?:[QqTt]([1-4])|([1-4])[QqTt])[\s/'-]?(\d{4}|\d{2})$/;
const WEEK = /^(\d{4})-?[Ww](\d{1,2})(?:-?([1-7]))?$/;
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const NO_CLOCK: Clock = { seconds: 0, subsecond: false, offset: null };

/** The bits of a trimmed cell that is a date or a moment; 0 where it is none. */
export function dateBits(text: string): number {
  if (!mayBeDate(text)) return 0;
  let bits = 0;
  let seen: Stamp | undefined;
  for (const order of DATE_ORDERS) {
    const stamp = readDate(text, order);
    if (stamp === undefined) continue;
    bits |= Bit[order];
    seen = stamp;
  }
  if (seen === undefined) return 0;
  if (seen.hasTime) bits |= Bit.TIME;
  if (seen.seconds !== 0 || seen.subsecond) bits |= Bit.NOT_MIDNIGHT;
  if (seen.subsecond) bits |= Bit.SUBSECOND;
  if (seen.offset !== null) bits |= Bit.ZONE;
  return bits;
}

/** Reads a trimmed cell; only dates of three numbers depend on `order`. Undefined where it is no date. */
export function readDate(text: string, order: DateOrder): Stamp | undefined {
  let clock = NO_CLOCK;
  let date = text;
  const timed = text.length > 8 && (text.includes(':') || text.includes('h')) ? CLOCK.exec(text) : null;
  if (timed !== null) {
    const read = readClock(timed);
    if (read === undefined) return undefined;
    clock = read;
    date = text.slice(0, timed.index);
  }
  const day = readDay(date, order);
  if (day === undefined) return undefined;
  return { ...day, ...clock, hasTime: timed !== null };
}

/** `YYYY-MM-DD`. */
export function isoDay(stamp: Stamp): string {
  return `${pad(stamp.year, 4)}-${pad(stamp.month, 2)}-${pad(stamp.day, 2)}`;
}

/** `YYYY-MM-DDTHH:MM:SS`, whole seconds; in UTC where `utc` is set and the stamp names its offset. */
export function isoMoment(stamp: Stamp, utc: boolean): string {
  if (utc && stamp.offset) {
    const shifted = Date.UTC(stamp.year, stamp.month - 1, stamp.day, 0, -stamp.offset, stamp.seconds);
    return new Date(shifted).toISOString().slice(0, 19);
  }
  const { seconds } = stamp;
  const time = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return `${isoDay(stamp)}T${time}`;
}

export function isRealDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || day > (DAYS[month - 1] as number)) return false;
  if (month === 2 && day === 29) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return year >= 1 && year <= 9999;
}

function mayBeDate(text: string): boolean {
  if (text.length < 4 || text.length > 45) return false;
  let digits = 0;
  let others = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) digits += 1;
    else others += 1;
  }
  return digits >= 2 && others >= 1;
}

function readDay(text: string, order: DateOrder): { year: number; month: number; day: number } | undefined {
  const triple = TRIPLE.exec(text);
  if (triple !== null) return readTriple(triple, order);
  const code = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  const bare = text.length <= 10 && code >= 48 && code <= 57 && last >= 48 && last <= 57;
  if (bare) {
    const yearMonth = YEAR_MONTH.exec(text);
    if (yearMonth !== null) return checked(Number(yearMonth[1]), Number(yearMonth[2]), 1);
    const monthYear = MONTH_YEAR.exec(text);
    if (monthYear !== null) return checked(Number(monthYear[2]), Number(monthYear[1]), 1);
  }
  if (text.length <= 10) {
    const period = readPeriod(text);
    if (period !== undefined) return period;
  }
  if (!/\p{L}{3}/u.test(text)) return undefined;
  const named = readNamedDate(text);
  return named && checked(named.year, named.month, named.day ?? 1);
}

function readTriple(match: RegExpExecArray, order: DateOrder) {
  const [, a = '', , b = '', c = ''] = match;
  if (a.length === 4) return c.length <= 2 ? checked(Number(a), Number(b), Number(c)) : undefined;
  if (a.length === 3 || c.length === 3 || c.length === 1) return undefined;
  if (order === 'YMD') {
    if (c.length === 4 || a.length !== 2) return undefined;
    return checked(fullYear(Number(a), 2), Number(b), Number(c));
  }
  const year = fullYear(Number(c), c.length);
  return order === 'DMY' ? checked(year, Number(b), Number(a)) : checked(year, Number(a), Number(b));
}

/** Quarters and ISO weeks, as their first day. */
function readPeriod(text: string) {
  const yearQuarter = YEAR_QUARTER.exec(text);
  if (yearQuarter !== null) return checked(Number(yearQuarter[1]), Number(yearQuarter[2]) * 3 - 2, 1);
  const quarterYear = QUARTER_YEAR.exec(text);
  if (quarterYear !== null) {
    const year = quarterYear[3] as string;
    return checked(fullYear(Number(year), year.length), Number(quarterYear[1] ?? quarterYear[2]) * 3 - 2, 1);
  }
  const week = WEEK.exec(text);
  if (week === null || Number(week[2]) < 1 || Number(week[2]) > 53) return undefined;
  const fourth = new Date(Date.UTC(Number(week[1]), 0, 4));
  const monday = 4 - ((fourth.getUTCDay() + 6) % 7) + (Number(week[2]) - 1) * 7;
  const day = new Date(Date.UTC(Number(week[1]), 0, monday + Number(week[3] ?? 1) - 1));
  return checked(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate());
}

function readClock(match: RegExpExecArray): Clock | undefined {
  const [, h = '', m = '', s = '0', fraction = '', half, zone] = match;
  let hour = Number(h);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0);
  }
  if (hour > 23 || Number(m) > 59 || Number(s) > 59) return undefined;
  const seconds = hour * 3600 + Number(m) * 60 + Number(s);
  return { seconds, subsecond: Number(fraction) > 0, offset: zone === undefined ? null : offsetMinutes(zone) };
}

function offsetMinutes(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

function checked(year: number, month: number, day: number) {
  return isRealDay(year, month, day) ? { year, month, day } : undefined;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
