import { Bit } from './bits';
import { compactBits } from './compact';
import { dateBits } from './dates';
import { isMissingWord } from './missing';
import { numberBits } from './numbers';

const DIGITS_WITH_MEANING = Bit.POINT | Bit.COMMA;

/** Everything that a trimmed, non-missing cell can be read as; see `Bit`. */
export function cellBits(text: string): number {
  const first = text.charCodeAt(0);
  const digitFirst = first >= 48 && first <= 57;
  const number = numberBits(text);
  if (number !== 0) {
    const plainInteger = digitFirst && (number & ~(Bit.LEADING_ZERO | Bit.LONG)) === DIGITS_WITH_MEANING;
    if (plainInteger) return number | (text.length >= 6 ? compactBits(text) : 0);
    // 01.02.2024 is no number, but 2024.01 and 1 234 567 are no dates.
    return number;
  }
  const date = dateBits(text);
  if (date !== 0) return date;
  return isMissingWord(text) ? Bit.MISSING_WORD : 0;
}
