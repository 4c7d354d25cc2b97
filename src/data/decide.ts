import type { ColumnType } from '../contracts/dataset';
import type { ColumnOverride } from '../contracts/dataset-overrides';
import { Bit, DATE } from './cells/bits';
import { booleanWords, NUMERIC_PAIRS } from './cells/booleans';
import { readYear } from './cells/compact';
import { DATE_ORDERS, type DateOrder } from './cells/dates';
import { isMissingWord } from './cells/missing';
import type { DecimalMark } from './cells/numbers';
import type { ColumnEvidence } from './column-intake';
import { orderBySequence } from './date-order';
import { describeDates, describeNumbers } from './formats';
import { TOLERATED_SHARE } from './limits';
import type { Reading } from './reading';
import { readingOfFormat } from './reading-format';

/** What the rest of the file says, for columns that leave a choice. */
export interface FileContext {
  decimal: DecimalMark | null;
  dayFirst: boolean | null;
  /** The user said so: no column may differ. */
  forced: boolean;
}

export interface Decision {
  reading: Reading;
  /** `category` and `text` are told apart later, by the distinct values. */
  type: ColumnType;
  format: string | null;
  confidence: number;
  warning: string | null;
  /** Of dates whose order nothing decided: the first of them, and how else all could be read. */
  ambiguous?: { sample: string; other_format: string };
  /** What this column says about the file's conventions, where it leaves no choice itself. */
  vote: Partial<Omit<FileContext, 'forced'>>;
  /** Why the column cannot be what the user says it is. */
  refuted?: string;
}

type Family = 'number' | 'date' | 'boolean' | 'text';
export const FAMILIES: Record<ColumnType, Family> = {
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

const YEAR_NAME = /^(year|yr|años?|ano|anno|année|annee|jahr)$/i;

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

  /** Whether numbers read with this mark have decimals. */
  hasFractions(decimal: DecimalMark): boolean {
    const fraction = decimal === '.' ? Bit.POINT_FRACTION : Bit.COMMA_FRACTION;
    const fits = decimal === '.' ? Bit.POINT : Bit.COMMA;
    return this.of((bits) => (bits & fits) !== 0 && (bits & fraction) !== 0) > 0;
  }

  /** Whether (nearly) all values carry the bit. */
  nearlyAll(bit: number): boolean {
    const count = this.with(bit);
    return count > 0 && count >= this.values - this.tolerated;
  }
}

/**
 * Decides how a column is read, from all of its cells. Pure: the same evidence gives the same decision.
 * `asked` is what the user says of it; cells that don't fit that become missing.
 */
export function decideColumn(
  name: string,
  evidence: ColumnEvidence,
  context: FileContext,
  asked: ColumnOverride = {},
): Decision {
  const counts = new Counts(evidence.tally);
  const family = asked.type && FAMILIES[asked.type];
  if (asked.format !== undefined) return asAsked(decideByFormat(asked, evidence, counts), asked, counts);
  const decision =
    family === 'text' || counts.values === 0
      ? undefined
      : ((!family || family === 'boolean' ? decideBoolean(evidence, family !== undefined) : undefined) ??
        (!family || family === 'date' ? decideBareDate(name, evidence, counts, family !== undefined) : undefined) ??
        (!family || family === 'date' ? decideYear(name, evidence, family !== undefined) : undefined) ??
        (!family || family === 'number' ? decideNumber(evidence, counts, context, family !== undefined) : undefined) ??
        (!family || family === 'date' ? decideDate(evidence, counts, context, family !== undefined) : undefined));
  return asAsked(decision, asked, counts);
}

/** A decision with the type that the user asked for, or with why it cannot be had. */
function asAsked(decision: Decision | undefined, { type, format }: ColumnOverride, counts: Counts): Decision {
  if (type === undefined && format === undefined) return decision ?? TEXT;
  if (counts.values === 0) return { ...TEXT, type: type ?? 'text' };
  if (decision === undefined) {
    if (type !== undefined && FAMILIES[type] === 'text' && format === undefined) return { ...TEXT, type };
    return { ...TEXT, refuted: `cannot be read as ${format ?? type}` };
  }
  if (type === undefined || type === decision.type) return decision;
  const { reading } = decision;
  if (type === 'integer') return { ...decision, refuted: 'holds numbers with decimals' };
  if (reading.kind === 'date') return { ...decision, type, reading: { ...reading, withTime: type === 'datetime' } };
  return { ...decision, type };
}

function decideByFormat(
  { format = '', type }: ColumnOverride,
  { offsets }: ColumnEvidence,
  counts: Counts,
): Decision | undefined {
  const reading = readingOfFormat(format, type);
  if (reading === undefined || (type !== undefined && FAMILIES[type] !== reading.kind)) return undefined;
  const base = { ...TEXT, format };
  switch (reading.kind) {
    case 'number':
      return { ...base, reading, type: counts.hasFractions(reading.decimal) ? 'real' : 'integer' };
    case 'boolean':
      return { ...base, reading, type: 'boolean' };
    case 'date':
      return {
        ...base,
        reading: { ...reading, utc: reading.notation === 'written' && offsets.size > 1 },
        type: reading.withTime ? 'datetime' : 'date',
      };
    case 'text':
      return undefined;
  }
}

function decideBoolean({ distinct }: ColumnEvidence, forced: boolean): Decision | undefined {
  const words = distinct && booleanWords(distinct.keys(), forced ? NUMERIC_PAIRS : undefined);
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

/** Years of a yearly series are dates: named so, without holes, each as often as the others. Other years are amounts. */
function decideYear(name: string, { distinct }: ColumnEvidence, forced: boolean): Decision | undefined {
  if (distinct === null || !(forced || YEAR_NAME.test(name))) return undefined;
  const years = [...distinct.keys()].filter((text) => !isMissingWord(text));
  if (!years.every((text) => readYear(text) !== undefined)) return undefined;
  const sorted = years.map(Number).sort((a, b) => a - b);
  const contiguous = sorted.length >= 5 && sorted.every((year, index) => year === (sorted[0] as number) + index);
  const balanced = new Set(distinct.values()).size === 1;
  if (!forced && !(contiguous && balanced)) return undefined;
  const reading: Reading = { kind: 'date', notation: 'year', order: 'YMD', withTime: false, utc: false };
  return { ...TEXT, reading, type: 'date', format: '%Y' };
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
  return {
    reading: { kind: 'number', decimal: chosen.decimal },
    type: counts.hasFractions(chosen.decimal) ? 'real' : 'integer',
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
  if (context.forced && context.decimal !== null) return { decimal: context.decimal, ...sure };
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
    ...(chosen.warning === null ? {} : ambiguityOf(tied, chosen.order, evidence)),
    vote: chosen.decisive ? { dayFirst: chosen.order === 'DMY' } : {},
  };
}

/** Between day and month first a person can choose. */
function ambiguityOf(tied: DateOrder[], chosen: DateOrder, { dateCells }: ColumnEvidence): Pick<Decision, 'ambiguous'> {
  const other = tied.find((order) => order !== chosen && order !== 'YMD');
  const other_format = other && describeDates(dateCells, other);
  return other_format && chosen !== 'YMD' ? { ambiguous: { sample: dateCells[0] ?? '', other_format } } : {};
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
