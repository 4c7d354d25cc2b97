/** Pairs of words for true and false, lower case, each of one language or custom. */
const PAIRS: [string, string][] = [
  ['true', 'false'],
  ['t', 'f'],
  ['yes', 'no'],
  ['y', 'n'],
  ['on', 'off'],
  ['sí', 'no'],
  ['si', 'no'],
  ['s', 'n'],
  ['verdadero', 'falso'],
  ['sim', 'não'],
  ['sim', 'nao'],
  ['verdadeiro', 'falso'],
  ['oui', 'non'],
  ['o', 'n'],
  ['vrai', 'faux'],
  ['ja', 'nein'],
  ['j', 'n'],
  ['wahr', 'falsch'],
  ['sì', 'no'],
  ['vero', 'falso'],
];

/** Pairs that mean truth only where the user says so. */
export const NUMERIC_PAIRS: [string, string][] = [...PAIRS, ['1', '0']];

export interface BooleanWords {
  true: string;
  false: string;
}

/** The pair that a column's distinct values (any case) are; undefined where they are anything else. */
export function booleanWords(values: Iterable<string>, pairs = PAIRS): BooleanWords | undefined {
  const words = new Set<string>();
  for (const value of values) {
    if (value.length > 10) return undefined;
    words.add(value.toLowerCase());
    if (words.size > 2) return undefined;
  }
  if (words.size !== 2) return undefined;
  const pair = pairs.find(([yes, no]) => words.has(yes) && words.has(no));
  return pair && { true: pair[0], false: pair[1] };
}

/** `true` or `false`; undefined where the cell is neither word. */
export function canonicalBoolean(text: string, words: BooleanWords): string | undefined {
  const word = text.toLowerCase();
  if (word === words.true) return 'true';
  return word === words.false ? 'false' : undefined;
}
