import { Bit } from './bits';
import { isRealDay, type Stamp } from './dates';

/** 1990-01-01 and 2100-01-01 in seconds since 1970: what an integer must lie between to be a moment. */
const EARLIEST = 631_152_000;
const LATEST = 4_102_444_800;

/** How many units of the integer make a second, told by its number of digits. */
const UNITS: Record<number, number> = { 9: 1, 10: 1, 12: 1e3, 13: 1e3, 15: 1e6, 16: 1e6, 18: 1e9, 19: 1e9 };

/** The bits of an all-digit cell that could be a date or a moment without separators; 0 where it could not. */
export function compactBits(text: string): number {
  const compact = readCompact(text);
  if (compact !== undefined) {
    if (text.length === 6) return Bit.COMPACT_MONTH;
    return Bit.COMPACT | (compact.seconds > 0 ? Bit.NOT_MIDNIGHT : 0);
  }
  return readEpoch(text) === undefined ? 0 : Bit.EPOCH;
}

/** `20240131`, `20240131235959` or `202401`. */
export function readCompact(text: string): Stamp | undefined {
  if (text.length !== 8 && text.length !== 14 && text.length !== 6) return undefined;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(4, 6));
  const day = text.length === 6 ? 1 : Number(text.slice(6, 8));
  if (year < 1900 || year > 2100 || !isRealDay(year, month, day)) return undefined;
  let seconds = 0;
  if (text.length === 14) {
    const [hour, minute, second] = [8, 10, 12].map((at) => Number(text.slice(at, at + 2))) as [number, number, number];
    if (hour > 23 || minute > 59 || second > 59) return undefined;
    seconds = hour * 3600 + minute * 60 + second;
  }
  return { year, month, day, seconds, hasTime: text.length === 14, subsecond: false, offset: null };
}

/** `2024`, the first day of that year. */
export function readYear(text: string): Stamp | undefined {
  if (!/^(1[5-9]|20|21)\d\d$/.test(text)) return undefined;
  return { year: Number(text), month: 1, day: 1, seconds: 0, hasTime: false, subsecond: false, offset: null };
}

/** Seconds, milli-, micro- or nanoseconds since 1970, as a moment in UTC. */
export function readEpoch(text: string): Stamp | undefined {
  const unit = UNITS[text.length];
  if (unit === undefined) return undefined;
  const exact = Number(text) / unit;
  if (exact < EARLIEST || exact >= LATEST) return undefined;
  const whole = Math.floor(exact);
  const at = new Date(whole * 1000);
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    seconds: whole % 86_400,
    hasTime: true,
    subsecond: unit > 1 && !text.endsWith('0'.repeat(Math.round(Math.log10(unit)))),
    offset: null,
  };
}
