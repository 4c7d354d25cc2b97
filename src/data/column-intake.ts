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
  private distinct: Map<string, Distinct> | null = new Map();
  private readonly tally = new Map<number, number>();
  private readonly dateCells: string[] = [];
  private readonly offsets = new Set<number>();
  private readonly decorated: string[] = [];
  private readonly convert: Converter;
  private textOnly = 0;

  constructor(
    reading: Reading,
    private readonly limits: IntakeLimits,
  ) {
    this.convert = converterOf(reading);
  }

  /** The canonical cell of a raw one; empty where it is missing or does not fit. `times`: how often it comes. */
  accept(raw: string, times = 1): string {
    const text = raw.trim();
    if (text.length !== raw.length && text !== '') this.trimmed += times;
    if (text === '') {
      this.missing += times;
      return '';
    }
    // A value seen before is told from "no value" already.
    const known = this.distinct?.get(text);
    if (known === undefined && isMissing(text)) {
      this.rejectMissing(text, times);
      return '';
    }
    const canonical = known === undefined ? this.look(text, times) : known.canonical;
    if (known !== undefined) known.count += times;
    if (canonical === undefined) {
      this.rejectCell(text, times);
      return '';
    }
    return canonical;
  }

  /** Counts cells that were not kept apart, all read as `representative` is. */
  acceptAlike(representative: string, times: number): void {
    this.forgetDistinct();
    const bits = this.bitsOf(representative);
    this.tally.set(bits, (this.tally.get(bits) ?? 0) + times);
  }

  /** Takes over the samples of cells that were seen in file order. */
  adopt({ dateCells, offsets, decorated }: ColumnEvidence): void {
    this.dateCells.splice(0, Infinity, ...dateCells);
    this.decorated.splice(0, Infinity, ...decorated);
    offsets.forEach((offset) => this.offsets.add(offset));
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
  private look(text: string, times: number): string | undefined {
    const bits = this.textOnly > this.limits.hopeless ? 0 : this.bitsOf(text);
    const canonical = this.convert(text);
    if (this.distinct === null) this.tally.set(bits, (this.tally.get(bits) ?? 0) + times);
    else {
      this.distinct.set(detached(text), { count: times, bits, canonical });
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

  private rejectCell(text: string, times: number): void {
    if (isMissingWord(text)) return this.rejectMissing(text, times);
    this.unfit += times;
    if (this.unfitSamples.length < SAMPLES && !this.unfitSamples.includes(text)) this.unfitSamples.push(detached(text));
  }

  private rejectMissing(text: string, times: number): void {
    this.missing += times;
    this.missingSpellings.set(text, (this.missingSpellings.get(text) ?? 0) + times);
  }

  /** Too many distinct cells to keep: from here on only the tally counts. */
  private forgetDistinct(): void {
    for (const { bits, count } of this.distinct?.values() ?? []) {
      this.tally.set(bits, (this.tally.get(bits) ?? 0) + count);
    }
    this.distinct = null;
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
