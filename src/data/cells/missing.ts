/** How people and programs write "no value". The comparison ignores case. */
const SPELLINGS = [
  ...[
    'na',
    'n/a',
    'n.a.',
    'n.a',
    '#n/a',
    '#na',
    '<na>',
    'nan',
    '-nan',
    'nat',
    'null',
    '(null)',
    '<null>',
    '\\n',
    'n/d',
  ],
  ...['s/d', 'k.a.', 'k. a.', '-', '--', '---', '—', '–', '?', '??', '.', '..', '...', '…', '#value!', '#ref!'],
  ...['#div/0!', '#num!', '#name?', '#null!'],
];

/** Words that are a value in a text column, and nothing in a column of numbers, dates or truth values. */
const WORDS = [
  ...['none', 'nil', 'unknown', 'missing', 'not available', 'no data', 'undefined', 'nd', 'n.d.', 'sd', 's.d.', 'void'],
  ...[
    'sin dato',
    'sin datos',
    'desconocido',
    'sem dados',
    'unbekannt',
    'inconnu',
    'keine angabe',
    'empty',
    'blank',
    '*',
  ],
];

const LONGEST = Math.max(...[...SPELLINGS, ...WORDS].map((word) => word.length));
const spellings = new Set(SPELLINGS);
const words = new Set(WORDS);

/** Whether a trimmed cell says "no value" whatever its column holds. */
export function isMissing(text: string): boolean {
  if (text === '') return true;
  if (text.length > LONGEST) return false;
  const first = text.charCodeAt(0);
  // Digits and most letters begin no spelling: the usual cell costs two comparisons.
  if (first >= 48 && first <= 57) return false;
  return spellings.has(text.toLowerCase());
}

/** Whether a trimmed cell says "no value" in a column whose other cells are numbers, dates or truth values. */
export function isMissingWord(text: string): boolean {
  return text.length <= LONGEST && words.has(text.toLowerCase());
}

/** `isMissing` as a regular expression of the kind that JavaScript and RE2 share; to be matched ignoring case. */
export function missingPattern(): string {
  return `^(?:${SPELLINGS.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|')})$`;
}
