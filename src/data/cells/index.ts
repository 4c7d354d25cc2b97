import { Bit } from './bits';
import { compactBits } from './compact';
import { dateBits } from './dates';
import { isMissingWord } from './missing';
import { numberBits } from './numbers';

const PLAIN_INTEGER = Bit.POINT | Bit.COMMA;
const LENGTH = Bit.LEADING_ZERO | Bit.LONG | Bit.UNGROUPED;

/** Everything that a trimmed, non-missing cell can be read as; see `Bit`. */
export function cellBits(text: string): number {
  const first = text.charCodeAt(0);
  const digitFirst = first >= 48 && first <= 57;
  const number = numberBits(text);
  if (number !== 0) {
    if (digitFirst && (number & ~LENGTH) === PLAIN_INTEGER) return number | (text.length >= 6 ? compactBits(text) : 0);
    return number;
  }
  const date = dateBits(text);
  if (date !== 0) return date;
  return isMissingWord(text) ? Bit.MISSING_WORD : 0;
}
