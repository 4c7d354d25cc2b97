import type { ColumnType } from '../contracts/dataset';
import { Bit, DATE } from './cells/bits';
import { booleanWords } from './cells/booleans';
import { DATE_ORDERS, type DateOrder } from './cells/dates';
import type { DecimalMark } from './cells/numbers';
import type { ColumnEvidence } from './column-intake';
import { orderBySequence } from './date-order';
import { describeDates, describeNumbers } from './formats';
import { TOLERATED_SHARE } from './limits';
import type { Reading } from './reading';

/** What the rest of the file says, for columns that leave a choice. */
export interface FileContext {
  decimal: DecimalMark | null;
  dayFirst: boolean | null;
}

export interface Decision {
  reading: Reading;
  /** `category` and `text` are told apart later, by the distinct values. */
  type: Exclude<ColumnType, 'category'>;
  format: string | null;
  confidence: number;
  warning: string | null;
  /** What this column says about the file's conventions, where it leaves no choice itself. */
  vote: Partial<FileContext>;
}

type Family = 'number' | 'date' | 'boolean' | 'text';
const FAMILIES: Record<ColumnType, Family> = {
  integer: 'number',
  real: 'number',
  date: 'date',
  datetime: 'date',
  boolean: 'boolean',
  category: 'text',
  text: 'text',
};

/** Names of columns whose bare integers may be dates. English, Spanish, Portuguese, French, German and Italian. */
const DATE_NAME =
  /date|time|stamp|epoch|unix|(^|[_\W])(ts|ds|dt|day|month|period|fecha|tiempo|mes|dia|día|data|dia|tempo|jour|mois|temps|datum|tag|monat|zeit|giorno|mese)([_\W]|$)|_at$/i;

const TEXT: Decision = {
  reading: { kind: 'text' },
  type: 'text',
  format: null,
  confidence: 1,
  warning: null,
  vote: {},
};

/** Counts over a column's tally; `MISSING_WORD`s are not values of a typed column. */
class Counts {
  readonly values: number;
  /** Values that may fail a reading without refuting it. */
  readonly tolerated: number;

  constructor(private readonly tally: Map<number, number>) {
    this.values = this.of((bits) => (bits & Bit.MISSING_WORD) === 0);
    this.tolerated = Math.max(this.values >= 20 ? 1 : 0, Math.floor(this.values * TOLERATED_SHARE));
  }

  of(test: (bits: number) => boolean): number {
    let count = 0;
    for (const [bits, each] of this.tally) if (test(bits)) count += each;
    return count;
  }

  with(bit: number): number {
    return this.of((bits) => (bits & bit) !== 0);
  }

  /** Whether (nearly) all values carry the bit. */
  nearlyAll(bit: number): boolean {
    const count = this.with(bit);
    return count > 0 && count >= this.values - this.tolerated;
  }
}

/**
 * Decides how a column is read, from all of its cells. Pure: the same evidence gives the same decision.
 * `forced` is the type that the user set; cells that don't fit it become missing.
 */
export function decideColumn(name: string, evidence: ColumnEvidence, context: FileContext, forced?: ColumnType): Decision {
  const counts = new Counts(evidence.tally);
  const family = forced && FAMILIES[forced];
  const decision =
    family === 'text' || counts.values === 0
      ? undefined
      : ((!family || family === 'boolean' ? decideBoolean(evidence) : undefined) ??
        (!family || family === 'date' ? decideBareDate(name, evidence, counts, family !== undefined) : undefined) ??
        (!family || family === 'number' ? decideNumber(evidence, counts, context, family !== undefined) : undefined) ??
        (!family || family === 'date' ? decideDate(evidence, counts, context, family !== undefined) : undefined));
  return decision ?? TEXT;
}

function decideBoolean({ distinct }: ColumnEvidence): Decision | undefined {
  const words = distinct && booleanWords(distinct.keys());
  if (!words) return undefined;
  const format = words.true === 'true' ? null : `${words.true}/${words.false}`;
  return { ...TEXT, reading: { kind: 'boolean', words }, type: 'boolean', format };
}

/** Dates without separators and seconds since 1970: integers, so the name or the number of values must speak for it. */
function decideBareDate(
  name: string,
  { distinct }: ColumnEvidence,
  counts: Counts,
  forced: boolean,
): Decision | undefined {
  const named = forced || DATE_NAME.test(name);
  const several = distinct === null || distinct.size >= 5;
  const base = { kind: 'date', order: 'YMD', utc: false } as const;
  if ((named || several) && counts.nearlyAll(Bit.COMPACT)) {
    const withTime = counts.of((bits) => (bits & Bit.COMPACT) !== 0 && (bits & Bit.NOT_MIDNIGHT) !== 0) > 0;
    const reading: Reading = { ...base, notation: 'compact', withTime };
    return { ...TEXT, reading, type: withTime ? 'datetime' : 'date', format: withTime ? '%Y%m%d%H%M%S' : '%Y%m%d' };
  }
  if (named && counts.nearlyAll(Bit.COMPACT_MONTH)) {
    return { ...TEXT, reading: { ...base, notation: 'compact', withTime: false }, type: 'date', format: '%Y%m' };
  }
  if (named && counts.nearlyAll(Bit.EPOCH)) {
    return { ...TEXT, reading: { ...base, notation: 'epoch', withTime: true }, type: 'datetime', format: 'epoch' };
  }
  return undefined;
}

function decideNumber(
  evidence: ColumnEvidence,
  counts: Counts,
  context: FileContext,
  forced: boolean,
): Decision | undefined {
  const point = counts.with(Bit.POINT);
  const comma = counts.with(Bit.COMMA);
  if (Math.max(point, comma) === 0) return undefined;
  if (!forced) {
    if (Math.max(point, comma) < counts.values - counts.tolerated) return undefined;
    // Codes such as 00123 and numbers that a double can't hold are names, not amounts.
    if (counts.with(Bit.LEADING_ZERO) > counts.tolerated || counts.with(Bit.LONG) > counts.tolerated) return undefined;
  }
  const chosen = decideDecimal(counts, context, point, comma);
  const fraction = chosen.decimal === '.' ? Bit.POINT_FRACTION : Bit.COMMA_FRACTION;
  const fits = chosen.decimal === '.' ? Bit.POINT : Bit.COMMA;
  const isReal = counts.of((bits) => (bits & fits) !== 0 && (bits & fraction) !== 0) > 0;
  return {
    reading: { kind: 'number', decimal: chosen.decimal },
    type: isReal ? 'real' : 'integer',
    format: describeNumbers(evidence.decorated, chosen.decimal),
    confidence: chosen.confidence,
    warning: chosen.warning,
    vote: chosen.decisive ? { decimal: chosen.decimal } : {},
  };
}

interface Decimal {
  decimal: DecimalMark;
  decisive: boolean;
  confidence: number;
  warning: string | null;
}

function decideDecimal(counts: Counts, context: FileContext, point: number, comma: number): Decimal {
  const sure = { decisive: true, confidence: 1, warning: null };
  const pointOnly = point - counts.of((bits) => (bits & Bit.POINT) !== 0 && (bits & Bit.COMMA) !== 0);
  const commaOnly = comma - (point - pointOnly);
  if (pointOnly !== commaOnly) return { decimal: pointOnly > commaOnly ? '.' : ',', ...sure };
  const dotted = counts.of((bits) => (bits & Bit.POINT_FRACTION) !== 0 && (bits & Bit.COMMA) !== 0);
  const commaed = counts.of((bits) => (bits & Bit.COMMA_FRACTION) !== 0 && (bits & Bit.POINT) !== 0);
  if (dotted + commaed === 0) return { decimal: '.', ...sure, decisive: false };
  // All are like 1.234 or 1,234. The file's other columns know; else small integers beside them and no ungrouped
  // thousands speak for a separator of thousands; else point is for decimals and comma for thousands.
  if (context.decimal !== null) return { decimal: context.decimal, decisive: false, confidence: 0.9, warning: null };
  const integers = counts.of((bits) => (bits & (Bit.POINT_FRACTION | Bit.COMMA_FRACTION)) === 0);
  const grouping = integers > 0 && counts.with(Bit.UNGROUPED) === 0;
  const decimal = dotted > commaed && grouping ? ',' : '.';
  const mark = dotted > commaed ? '1.234' : '1,234';
  const meaning = (decimal === '.') === dotted > commaed ? 'a decimal number' : 'a thousand and more';
  return { decimal, decisive: false, confidence: 0.6, warning: `Values such as ${mark} were read as ${meaning}.` };
}

function decideDate(
  evidence: ColumnEvidence,
  counts: Counts,
  context: FileContext,
  forced: boolean,
): Decision | undefined {
  if (counts.with(DATE) === 0 || (!forced && !counts.nearlyAll(DATE))) return undefined;
  const fits = new Map(DATE_ORDERS.map((order) => [order, counts.with(Bit[order])]));
  const best = Math.max(...fits.values());
  if (!forced && best < counts.values - counts.tolerated) return undefined;
  const tied = DATE_ORDERS.filter((order) => fits.get(order) === best);
  const chosen = chooseOrder(tied, evidence, context);
  const withTime = counts.with(Bit.NOT_MIDNIGHT) > 0;
  return {
    reading: { kind: 'date', notation: 'written', order: chosen.order, withTime, utc: evidence.offsets.size > 1 },
    type: withTime ? 'datetime' : 'date',
    format: describeDates(evidence.dateCells, chosen.order),
    confidence: chosen.confidence,
    warning: chosen.warning,
    vote: chosen.decisive ? { dayFirst: chosen.order === 'DMY' } : {},
  };
}

interface Order {
  order: DateOrder;
  decisive: boolean;
  confidence: number;
  warning: string | null;
}

function chooseOrder(tied: DateOrder[], { dateCells }: ColumnEvidence, context: FileContext): Order {
  const sure = { confidence: 1, warning: null };
  const [only] = tied;
  if (tied.length === 1 && only) return { order: only, decisive: only !== 'YMD', ...sure };
  const bySequence = orderBySequence(dateCells, tied);
  if (bySequence === 'same') return { order: tied.includes('YMD') ? 'YMD' : 'DMY', decisive: false, ...sure };
  if (bySequence !== null) return { order: bySequence, decisive: false, confidence: 0.85, warning: null };
  if (context.dayFirst !== null) {
    const order = context.dayFirst ? 'DMY' : 'MDY';
    if (tied.includes(order)) return { order, decisive: false, confidence: 0.8, warning: null };
  }
  // Points and a decimal comma are written where the day comes first; so are dashes, mostly.
  const sample = dateCells[0] ?? '';
  const dayFirst = context.decimal === ',' || !sample.includes('/');
  const order = dayFirst && tied.includes('DMY') ? 'DMY' : tied.includes('MDY') ? 'MDY' : (only as DateOrder);
  const words = { DMY: 'day first', MDY: 'month first', YMD: 'year first' }[order];
  return { order, decisive: false, confidence: 0.5, warning: `Dates such as ${sample} were read ${words}.` };
}
