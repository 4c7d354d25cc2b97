import type { SqlTable } from '../../contracts/connections';
import type { TableOutline } from '../../data/sql';
import { asJson } from '../prompt';

/** What a model is shown of a table. */
export interface OfferedTable {
  schema?: string;
  table: string;
  /** Types by name. */
  columns: Record<string, string>;
  more_columns?: number;
}

/** Pages of tables: each is a block of a prompt, which is cut beyond 12,000 characters and 60 items. */
const MOST_PAGES = 3;
const PAGE_CHARACTERS = 11_000;
const PAGE_TABLES = 60;
const TABLE_CHARACTERS = 4000;
const TABLE_COLUMNS = 60;
/** Longer names would reach the model cut, and so be of no use. */
const LONGEST_NAME = 150;
const LONGEST_TYPE = 60;
const TABLE_WEIGHT = 3;
/** From here on a shared beginning makes two words one: `order` and `orders`. */
const STEM = 4;

/** The tables that fit the words best, as many as a prompt holds; the one that was named comes first. */
export function offeredTables(
  request: { words: string; table?: SqlTable | undefined },
  catalogue: readonly TableOutline[],
): OfferedTable[][] {
  const words = new WordSet(request.words);
  const ranked = catalogue
    .filter(({ schema, name }) => isUsable(name) && isUsable(schema ?? '-'))
    .map((table) => ({ table, fit: isNamed(table, request.table) ? Infinity : fitOf(table, words) }))
    .sort((one, other) => (one.fit === other.fit ? 0 : other.fit - one.fit));
  const pages: OfferedTable[][] = [];
  let room = 0;
  for (const { table } of ranked) {
    const offered = offer(table, words);
    const size = asJson([offered]).length;
    if (size > room || pages.at(-1)?.length === PAGE_TABLES) {
      if (pages.length === MOST_PAGES) break;
      pages.push([]);
      room = PAGE_CHARACTERS;
    }
    pages.at(-1)!.push(offered);
    room -= size;
  }
  return pages;
}

/** Whether a table is the one that a request names; a name without a schema means any. */
export function isNamed({ schema, name }: TableOutline, wanted: SqlTable | undefined): boolean {
  return wanted !== undefined && name === wanted.name && (!wanted.schema || schema === wanted.schema);
}

function offer({ schema, name, columns }: TableOutline, words: WordSet): OfferedTable {
  const usable = columns.filter((column) => isUsable(column.name));
  const chosen = new Set<string>();
  let room = TABLE_CHARACTERS;
  for (const column of [...usable].sort((one, other) => words.matches(other.name) - words.matches(one.name))) {
    room -= JSON.stringify([column.name, column.type.slice(0, LONGEST_TYPE)]).length + 4;
    if (room < 0 || chosen.size === TABLE_COLUMNS) break;
    chosen.add(column.name);
  }
  const shown = usable.filter((column) => chosen.has(column.name));
  const left = columns.length - shown.length;
  return {
    ...(schema === null ? {} : { schema }),
    table: name,
    columns: Object.fromEntries(shown.map((column) => [column.name, column.type.slice(0, LONGEST_TYPE)])),
    ...(left > 0 ? { more_columns: left } : {}),
  };
}

/** How many of the words are in the names; a table's own name says more than a column's. */
function fitOf({ name, columns }: TableOutline, words: WordSet): number {
  return TABLE_WEIGHT * words.matches(name) + words.matches(columns.map((column) => column.name).join(' '));
}

function isUsable(name: string): boolean {
  return name.length > 0 && name.length <= LONGEST_NAME;
}

/** The words of a text, for quick comparison with the words of many names. */
class WordSet {
  private readonly words: ReadonlySet<string>;
  private readonly beginnings: ReadonlySet<string>;

  constructor(text: string) {
    this.words = wordsOf(text);
    this.beginnings = new Set([...this.words].flatMap(beginningsOf));
  }

  /** How many different words of a name are in the text too. */
  matches(name: string): number {
    return [...wordsOf(name)].filter((word) => this.has(word)).length;
  }

  private has(word: string): boolean {
    return this.words.has(word) || this.beginnings.has(word) || beginningsOf(word).some((part) => this.words.has(part));
  }
}

function beginningsOf(word: string): string[] {
  return Array.from({ length: Math.max(0, word.length - STEM) }, (_, index) => word.slice(0, index + STEM));
}

/** Lower-cased, without accents; `camelCase` and `snake_case` are two words. */
function wordsOf(text: string): Set<string> {
  const parted = text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase();
  return new Set(parted.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2));
}
