import { canonicalBoolean, type BooleanWords } from './cells/booleans';
import { readCompact, readEpoch, readYear } from './cells/compact';
import { isoDay, isoMoment, readDate, type DateOrder, type Stamp } from './cells/dates';
import { canonicalNumber, type DecimalMark } from './cells/numbers';

/** How a column's cells become canonical: decided from the whole column, applied to each cell. */
export type Reading =
  | { kind: 'text' }
  | { kind: 'number'; decimal: DecimalMark }
  | { kind: 'boolean'; words: BooleanWords }
  | {
      kind: 'date';
      notation: 'written' | 'compact' | 'epoch' | 'year';
      order: DateOrder;
      withTime: boolean;
      /** Offsets differ within the column: moments are written in UTC. */
      utc: boolean;
    };

/** Makes a trimmed, non-missing cell canonical; undefined where it does not fit the reading. */
export type Converter = (text: string) => string | undefined;

export function converterOf(reading: Reading): Converter {
  switch (reading.kind) {
    case 'text':
      return (text) => text;
    case 'number':
      return (text) => canonicalNumber(text, reading.decimal);
    case 'boolean':
      return (text) => canonicalBoolean(text, reading.words);
    case 'date':
      return dateConverter(reading);
  }
}

function dateConverter(reading: Extract<Reading, { kind: 'date' }>): Converter {
  const read = stampReader(reading);
  const write = reading.withTime ? (stamp: Stamp) => isoMoment(stamp, reading.utc) : isoDay;
  let lastText = '';
  let last: string | undefined;
  return (text) => {
    // Neighbouring rows often carry the same stamp.
    if (text === lastText) return last;
    const stamp = read(text);
    lastText = text;
    return (last = stamp && write(stamp));
  };
}

function stampReader({ notation, order }: Extract<Reading, { kind: 'date' }>): (text: string) => Stamp | undefined {
  switch (notation) {
    case 'compact':
      return readCompact;
    case 'epoch':
      return readEpoch;
    case 'year':
      return readYear;
    case 'written':
      return (text) => readDate(text, order);
  }
}

/** Whether two readings turn every cell into the same text. */
export function sameReading(a: Reading, b: Reading): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
