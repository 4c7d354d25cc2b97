import { cellBits } from './cells';
import { Bit, DATE } from './cells/bits';
import { readDate } from './cells/dates';
import { converterOf, type Converter, type Reading } from './reading';
import { isMissing, isMissingWord } from './cells/missing';

interface Distinct {
  count: number;
  bits: number;
  /** Undefined where the cell doesn't fit the reading. */
  canonical: string | undefined;
}

/** What a column turned out to hold: the ground for deciding how to read it. */
export interface ColumnEvidence {
  /** Counts of each combination of `Bit`s over the non-missing cells. */
  tally: Map<number, number>;
  /** Every distinct cell with its count, or null where there are too many. */
  distinct: Map<string, number> | null;
  /** The first cells that could be dates, in file order. */
  dateCells: string[];
  /** Zone offsets that occur, minutes. */
  offsets: Set<number>;
  /** The first numbers that are not plain. */
  decorated: string[];
}

export interface IntakeLimits {
  distinct: number;
  quantileSample: number;
  dateCells: number;
  /** So many cells that are text only make the column text: the rest need not be looked at. */
  hopeless: number;
}

const SAMPLES = 5;
const DECORATED = Bit.PERCENT | Bit.CURRENCY | Bit.GROUPED | Bit.COMMA_FRACTION;

/** One column on its way into the canonical file: converts its cells and gathers what they are, in flat memory. */
export class ColumnIntake {
  missing = 0;
  readonly missingSpellings = new Map<string, number>();
  trimmed = 0;
  unfit = 0;
  readonly unfitSamples: string[] = [];
  /** Numbers of every `stride`-th row. */
  readonly sample: number[] = [];
  private stride = 1;
  private distinct: Map<string, Distinct> | null = new Map();
  private readonly tally = new Map<number, number>();
  private readonly dateCells: string[] = [];
  private readonly offsets = new Set<number>();
  private readonly decorated: string[] = [];
  private readonly convert: Converter;
  private textOnly = 0;

  constructor(
    private readonly reading: Reading,
    private readonly limits: IntakeLimits,
  ) {
    this.convert = converterOf(reading);
  }

  /** The canonical cell of a raw one; empty where it is missing or does not fit. */
  accept(raw: string, row: number): string {
    const text = raw.trim();
    if (text.length !== raw.length && text !== '') this.trimmed += 1;
    if (text === '') {
      this.missing += 1;
      return '';
    }
    // A value seen before is told from "no value" already.
    const known = this.distinct?.get(text);
    if (known === undefined && isMissing(text)) {
      this.rejectMissing(text);
      return '';
    }
    const canonical = known === undefined ? this.look(text) : known.canonical;
    if (known !== undefined) known.count += 1;
    if (canonical === undefined) {
      this.rejectCell(text);
      return '';
    }
    if (this.reading.kind === 'number' && row % this.stride === 0) this.keep(Number(canonical));
    return canonical;
  }

  evidence(): ColumnEvidence {
    const tally = new Map(this.tally);
    for (const { bits, count } of this.distinct?.values() ?? []) tally.set(bits, (tally.get(bits) ?? 0) + count);
    return {
      tally,
      distinct: this.distinct && new Map([...this.distinct].map(([text, { count }]) => [text, count])),
      dateCells: this.dateCells,
      offsets: this.offsets,
      decorated: this.decorated,
    };
  }

  /** Canonical values with their counts, most frequent first; null where they were too many to count. */
  counts(): Map<string, number> | null {
    if (this.distinct === null) return null;
    const counts = new Map<string, number>();
    for (const { canonical, count } of this.distinct.values()) {
      if (canonical !== undefined) counts.set(canonical, (counts.get(canonical) ?? 0) + count);
    }
    return counts;
  }

  /** Converts a value not seen before. */
  private look(text: string): string | undefined {
    const bits = this.textOnly > this.limits.hopeless ? 0 : this.bitsOf(text);
    const canonical = this.convert(text);
    if (this.distinct === null) this.tally.set(bits, (this.tally.get(bits) ?? 0) + 1);
    else {
      this.distinct.set(detached(text), { count: 1, bits, canonical });
      if (this.distinct.size > this.limits.distinct) this.forgetDistinct();
    }
    return canonical;
  }

  private bitsOf(text: string): number {
    const bits = cellBits(text);
    if (bits === 0) this.textOnly += 1;
    if ((bits & DATE) !== 0) {
      if (this.dateCells.length < this.limits.dateCells) this.dateCells.push(detached(text));
      if ((bits & Bit.ZONE) !== 0) this.offsets.add(offsetOf(text));
    }
    if ((bits & DECORATED) !== 0 && this.decorated.length < SAMPLES) this.decorated.push(detached(text));
    return bits;
  }

  private rejectCell(text: string): void {
    if (isMissingWord(text)) return this.rejectMissing(text);
    this.unfit += 1;
    if (this.unfitSamples.length < SAMPLES && !this.unfitSamples.includes(text)) this.unfitSamples.push(detached(text));
  }

  private rejectMissing(text: string): void {
    this.missing += 1;
    this.missingSpellings.set(text, (this.missingSpellings.get(text) ?? 0) + 1);
  }

  /** Too many distinct cells to keep: from here on only the tally counts. */
  private forgetDistinct(): void {
    for (const { bits, count } of this.distinct?.values() ?? []) {
      this.tally.set(bits, (this.tally.get(bits) ?? 0) + count);
    }
    this.distinct = null;
  }

  private keep(value: number): void {
    this.sample.push(value);
    if (this.sample.length < this.limits.quantileSample) return;
    // Full: every other one goes, so that the sample stays even over the whole file.
    const half = this.sample.filter((_, index) => index % 2 === 0);
    this.sample.length = 0;
    for (const kept of half) this.sample.push(kept);
    this.stride *= 2;
  }
}

function offsetOf(text: string): number {
  return (readDate(text, 'DMY') ?? readDate(text, 'MDY') ?? readDate(text, 'YMD'))?.offset ?? 0;
}

/** A copy that does not keep the chunk of the file alive from which it was cut. */
function detached(text: string): string {
  // The engine copies shorter cuts by itself.
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}
