/** Month and weekday names of English, Spanish, Portuguese, French, German and Italian, accents stripped. */
const MONTHS: string[][] = [
  ['january', 'jan', 'enero', 'ene', 'janeiro', 'janvier', 'janv', 'januar', 'janner', 'gennaio', 'gen'],
  ['february', 'feb', 'febrero', 'fevereiro', 'fev', 'fevrier', 'fevr', 'februar', 'febbraio', 'febr'],
  ['march', 'mar', 'marzo', 'marco', 'mars', 'marz', 'maerz', 'mrz'],
  ['april', 'apr', 'abril', 'abr', 'avril', 'avr', 'aprile'],
  ['may', 'mayo', 'maio', 'mai', 'maggio', 'mag'],
  ['june', 'jun', 'junio', 'junho', 'juin', 'juni', 'giugno', 'giu'],
  ['july', 'jul', 'julio', 'julho', 'juillet', 'juil', 'juli', 'luglio', 'lug'],
  ['august', 'aug', 'agosto', 'ago', 'aout'],
  ['september', 'sep', 'sept', 'septiembre', 'setiembre', 'setembro', 'set', 'septembre', 'settembre', 'sett'],
  ['october', 'oct', 'octubre', 'outubro', 'out', 'octobre', 'oktober', 'okt', 'ottobre', 'ott'],
  ['november', 'nov', 'noviembre', 'novembro', 'novembre'],
  ['december', 'dec', 'diciembre', 'dic', 'dezembro', 'dez', 'decembre', 'dezember', 'dicembre'],
];
const WEEKDAYS = [
  ...[
    'monday',
    'mon',
    'tuesday',
    'tue',
    'tues',
    'wednesday',
    'wed',
    'thursday',
    'thu',
    'thur',
    'thurs',
    'friday',
    'fri',
  ],
  ...[
    'saturday',
    'sat',
    'sunday',
    'sun',
    'lunes',
    'lun',
    'martes',
    'mar',
    'miercoles',
    'mie',
    'jueves',
    'jue',
    'viernes',
  ],
  ...[
    'vie',
    'sabado',
    'sab',
    'domingo',
    'dom',
    'segunda',
    'seg',
    'terca',
    'ter',
    'quarta',
    'qua',
    'quinta',
    'qui',
    'sexta',
  ],
  ...[
    'sex',
    'lundi',
    'mardi',
    'mercredi',
    'mer',
    'jeudi',
    'jeu',
    'vendredi',
    'ven',
    'samedi',
    'sam',
    'dimanche',
    'dim',
  ],
  ...[
    'montag',
    'mo',
    'dienstag',
    'di',
    'mittwoch',
    'mi',
    'donnerstag',
    'do',
    'freitag',
    'fr',
    'samstag',
    'sa',
    'sonntag',
  ],
  ...['so', 'lunedi', 'martedi', 'mercoledi', 'giovedi', 'gio', 'venerdi', 'sabato', 'domenica'],
];
const FILLERS = ['de', 'del', 'of', 'the', 'do', 'den', 'le', 'el', 'il', 'em', 'd'];

const monthOf = new Map(MONTHS.flatMap((names, index) => names.map((name) => [name, index + 1] as const)));
const dropped = new Set([...WEEKDAYS, ...FILLERS]);

export interface NamedDate {
  /** Null where the text names a month only. */
  day: number | null;
  month: number;
  year: number;
}

/** Two digits: 00-39 are 2000-2039, 40-99 are 1940-1999, since tables hold more past than future. */
export function fullYear(year: number, digits: number): number {
  if (digits !== 2) return year;
  return year < 40 ? 2000 + year : 1900 + year;
}

/** `15 nov. 2023`, `November 15th, 2023`, `15 de marzo de 2024`, `Jan-24`, `2023-Nov-15`; undefined where it is none. */
export function readNamedDate(text: string): NamedDate | undefined {
  const words = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .split(/[\s,./'’-]+/)
    .filter((word) => word !== '');
  if (words.length < 2 || words.length > 7) return undefined;
  const named = words.filter((word) => monthOf.has(word));
  const name = named.length > 1 ? (named.find((word) => !dropped.has(word)) ?? named[0]) : named[0];
  if (name === undefined) return undefined;
  const numbers: string[] = [];
  let before = 0;
  let seen = false;
  for (const word of words) {
    if (word === name && !seen) seen = true;
    else if (/^\d/.test(word)) {
      const digits = word.replace(/(st|nd|rd|th|er|e|o|º|°|ª)$/, '');
      if (!/^\d{1,2}$|^\d{4}$/.test(digits)) return undefined;
      numbers.push(digits);
      if (!seen) before += 1;
    } else if (!dropped.has(word)) return undefined;
  }
  return arrange(monthOf.get(name) as number, numbers, before);
}

function arrange(month: number, numbers: string[], before: number): NamedDate | undefined {
  const [first, second] = numbers;
  if (first === undefined || numbers.length > 2) return undefined;
  if (second === undefined) {
    // "24-Jan" has no year; "Jan-24" and "2024 Jan" have.
    if (first.length !== 4 && (before > 0 || first.length !== 2)) return undefined;
    return { day: null, month, year: fullYear(Number(first), first.length) };
  }
  const yearFirst = first.length === 4;
  const year = yearFirst ? first : second;
  const day = yearFirst ? second : first;
  if (year.length < 2 || day.length > 2) return undefined;
  return { day: Number(day), month, year: fullYear(Number(year), year.length) };
}
