/**
 * What one cell can be read as, as bits, so that a column is summed up by counting the few combinations that occur.
 * 0 is a text that is nothing else.
 */
export const Bit = {
  /** A number whose decimals follow a point. */
  POINT: 1 << 0,
  /** A number whose decimals follow a comma. */
  COMMA: 1 << 1,
  POINT_FRACTION: 1 << 2,
  COMMA_FRACTION: 1 << 3,
  /** An integer such as 007: a code rather than an amount. */
  LEADING_ZERO: 1 << 4,
  /** An integer of more than 15 digits, which no double holds. */
  LONG: 1 << 5,
  PERCENT: 1 << 6,
  CURRENCY: 1 << 7,
  /** Has thousands separators. */
  GROUPED: 1 << 8,
  /** A date when read day first, month first, year first. */
  DMY: 1 << 9,
  MDY: 1 << 10,
  YMD: 1 << 11,
  /** A date that carries a time of day. */
  TIME: 1 << 12,
  /** A time other than midnight. */
  NOT_MIDNIGHT: 1 << 13,
  ZONE: 1 << 14,
  SUBSECOND: 1 << 15,
  /** Integers that could be 20240131 or 20240131235959, 202401, and seconds or smaller units since 1970. */
  COMPACT: 1 << 16,
  COMPACT_MONTH: 1 << 17,
  EPOCH: 1 << 18,
  /** "none", "unknown": missing where the column is not text. */
  MISSING_WORD: 1 << 19,
  /** An integer of four digits or more without thousands separators. */
  UNGROUPED: 1 << 20,
} as const;

export const NUMBER = Bit.POINT | Bit.COMMA;
export const DATE = Bit.DMY | Bit.MDY | Bit.YMD;
