/** Small pure helpers on words and numbers that several agents share. */

/** Lower case, no accents, no punctuation (a point between digits stays), single spaces. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/(\d),(\d)/g, '$1.$2')
    .replace(/(?<!\d)\.|\.(?!\d)/g, ' ')
    .replace(/[^\p{L}\p{N}.]+/gu, ' ')
    .trim();
}

/** `plain`, but with a `|` where a clause of the text ends. */
export function plainClauses(text: string): string {
  return text
    .split(/[,;!?()\n]+(?!\d)|\.(?!\d)/)
    .map(plain)
    .filter(Boolean)
    .join(' | ');
}

/** A column's name as words: `TotalSales`, `total_sales` and `Total  sales` are all `total sales`. */
export function plainName(name: string): string {
  return plain(name.replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2'));
}

/** The column that is called so: by its name or as the file writes it, else by the same words spelt otherwise. */
export function columnCalled<Named extends { name: string; source_name: string }>(
  columns: readonly Named[],
  called: string,
): Named | undefined {
  const exact = columns.find(({ name, source_name }) => [name, source_name].includes(called.trim()));
  const words = plainName(called);
  return exact ?? columns.find(({ name }) => words !== '' && plainName(name) === words);
}

/** A word without its plural s, so that `sales` meets `sale` and `ventas` meets `venta`. */
export function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** Edits (insert, delete, replace, swap of neighbours) that turn one text into the other. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforePrevious[j - 2]! + 1);
      current.push(best);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length]!;
}

/** 1 for equal texts down to 0 for texts that share nothing. */
export function similarity(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - editDistance(a, b) / longest;
}

/** `1 row`, `3 rows`; the number in groups of three. */
export function count(amount: number, singularWord: string, pluralWord = `${singularWord}s`): string {
  return `${integer(amount)} ${amount === 1 ? singularWord : pluralWord}`;
}

export function integer(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Four significant digits, whole numbers in groups of three, without an exponent where one can be avoided. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return integer(value);
  if (Math.abs(value) >= 1000 && Math.abs(value) < 1e15) return integer(value);
  const rounded = value.toPrecision(4);
  return rounded.includes('e') ? rounded : String(Number(rounded));
}

export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '< 0.1 %';
  if (value < 100 && value > 99.9) return '> 99.9 %';
  return `${Number(value.toFixed(1))} %`;
}

/** Seconds as a person says them: `8.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const total = Math.round(seconds);
  if (total < 3600) return `${Math.floor(total / 60)} min${total % 60 ? ` ${total % 60} s` : ''}`;
  const minutes = Math.round((total % 3600) / 60);
  return `${Math.floor(total / 3600)} h${minutes ? ` ${minutes} min` : ''}`;
}

/** `512 bytes`, `1.4 MB`; decimal units. */
export function bytes(amount: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = amount < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(amount) / 3));
  return `${decimal(Number((amount / 1000 ** power).toPrecision(3)))} ${units[power]}`;
}

/** `a`, `a and b`, `a, b and c`; after `limit` items only how many more there are. */
export function list(items: readonly string[], limit = 8): string {
  const shown = items.length > limit ? [...items.slice(0, limit), `${integer(items.length - limit)} more`] : [...items];
  if (shown.length <= 1) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** A name or value from the user's data in quotes: one line, at most 60 characters. */
export function quoted(value: string): string {
  const line = value.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return `"${line.length > 60 ? `${line.slice(0, 59)}…` : line}"`;
}
