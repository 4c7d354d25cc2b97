import { randomUUID } from 'node:crypto';
import { missingPattern } from '../cells/missing';
import type { Reading } from '../reading';

/**
 * How the cells of a column are summed up in SQL. `raw`: every distinct cell. Otherwise cells that certainly become
 * what they are, or what `convert` says, are summed up as a representative that is read alike; the rest stay raw.
 */
export interface ColumnKey {
  /** NULL for no cell; a representative, after MARK; or the raw cell. */
  sql: (cell: string) => string;
  /** The canonical cell of those that are summed up. */
  convert: (cell: string) => string;
}

/** Stands before a representative; no file can know it. */
export const MARK = `\u0001${randomUUID()}:`;

export const RAW: ColumnKey = { sql: (cell) => cell, convert: (cell) => cell };

/** The key for a column with many distinct cells; undefined where only the tokenizer can read such a column. */
export function keyFor(reading: Reading): ColumnKey | undefined {
  switch (reading.kind) {
    case 'text':
      return TEXT;
    case 'number':
      return reading.decimal === '.' ? POINT : COMMA;
    case 'boolean':
      return undefined;
    case 'date':
      return reading.notation === 'written' && !reading.utc ? dateKey(reading.order, reading.withTime) : undefined;
  }
}

const BLANK = '\\s\\x{0b}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';

/** Text is kept as it is unless it has blanks around it or means "no value". */
const TEXT: ColumnKey = {
  sql: (cell) => {
    const odd = `regexp_matches(${cell}, ${literal(`^[${BLANK}]|[${BLANK}]$|(?i:${missingPattern()})`)})`;
    return `CASE WHEN ${cell} IS NULL THEN NULL WHEN ${odd} THEN ${cell} ELSE ${marked('x')} END`;
  },
  convert: (cell) => cell,
};

const INTEGERS = '-?(0|[1-9]\\d{0,4})|-[1-9]\\d{5,14}|[1-9]\\d{6}|[1-9]\\d{10}';

/** Numbers of one shape are read alike. Integers that could be days or moments without separators stay raw. */
const POINT: ColumnKey = {
  sql: (cell) => numberKey(cell, `${INTEGERS}|-?(0|[1-9]\\d{0,14})\\.\\d{1,15}`),
  convert: (cell) => cell,
};

const COMMA: ColumnKey = {
  sql: (cell) =>
    numberKey(cell, `${INTEGERS}|-?(0|[1-9]\\d{0,14}),\\d{1,15}|-?[1-9]\\d{0,2}(\\.\\d{3}){1,4}(,\\d{1,15})?`),
  convert: (cell) => `replace(replace(${cell}, '.', ''), ',', '.')`,
};

function numberKey(cell: string, pattern: string): string {
  return `CASE WHEN ${cell} IS NULL THEN NULL
    WHEN regexp_full_match(${cell}, '${pattern}') THEN ${shape(cell)}
    WHEN length(${cell}) = 6 AND regexp_full_match(${cell}, '[1-9]\\d{5}') AND ${cell} NOT BETWEEN '190001' AND '210012' THEN ${marked('999999')}
    WHEN length(${cell}) = 8 AND regexp_full_match(${cell}, '[1-9]\\d{7}') AND ${cell} NOT BETWEEN '19000101' AND '21001231' THEN ${marked('99999999')}
    WHEN length(${cell}) = 9 AND regexp_full_match(${cell}, '[1-9]\\d{8}') AND ${cell} < '631152000' THEN ${marked('111111111')}
    WHEN length(${cell}) = 10 AND regexp_full_match(${cell}, '[1-9]\\d{9}') AND ${cell} > '4102444800' THEN ${marked('9999999999')}
    ELSE ${cell} END`;
}

/** `-12.345` as `-99.999`, `0.123` as `0.999`: what a first zero means matters. */
function shape(cell: string): string {
  const bare = `ltrim(${cell}, '-')`;
  const nines = (text: string) => `translate(${text}, '012345678', '999999999')`;
  return `${literal(MARK)} || CASE WHEN left(${bare}, 1) = '0' THEN '0' || ${nines(`substr(${bare}, 2)`)} ELSE ${nines(cell)} END`;
}

function marked(text: string): string {
  return literal(MARK + text);
}

/** Days and moments of three numbers, if they are real ones. */
function dateKey(order: 'DMY' | 'MDY' | 'YMD', withTime: boolean): ColumnKey {
  const day = { DMY: '%d/%m/%Y', MDY: '%m/%d/%Y', YMD: '%Y-%m-%d' }[order];
  const digits = { DMY: '\\d{2}/\\d{2}/[12]\\d{3}', MDY: '\\d{2}/\\d{2}/[12]\\d{3}', YMD: '[12]\\d{3}-\\d{2}-\\d{2}' }[
    order
  ];
  const clock = withTime ? '[T ]([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d' : '';
  const stamp = (cell: string) => `try_strptime(left(${cell}, 10), '${day}')`;
  const [decisive, open] = {
    DMY: ['31/12/2023', '03/04/2023'],
    MDY: ['12/31/2023', '03/04/2023'],
    YMD: ['2023-12-31', '2023-12-31'],
  }[order];
  const suffix = withTime ? ' 01:02:03' : '';
  return {
    sql: (cell) => `CASE WHEN ${cell} IS NULL THEN NULL
      WHEN regexp_full_match(${cell}, '${digits}${clock}') AND ${stamp(cell)} IS NOT NULL
      THEN ${literal(MARK)} || CASE WHEN day(${stamp(cell)}) > 12 THEN '${decisive}${suffix}' ELSE '${open}${suffix}' END ELSE ${cell} END`,
    convert: (cell) => {
      const iso = order === 'YMD' ? `left(${cell}, 10)` : `strftime(${stamp(cell)}, '%Y-%m-%d')`;
      return withTime ? `${iso} || 'T' || right(${cell}, 8)` : iso;
    },
  };
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
