import { FILE_TYPES } from '../../contracts/connections';
import { dataError } from '../errors';
import type { SqlConnection } from './source';

type Type = SqlConnection['type'];

const FIRST_WORDS: Record<Type, RegExp> = {
  sqlite: /^[\s(]*(select|with|values)\b/i,
  postgresql: /^[\s(]*(select|with|values|show|table)\b/i,
  mysql: /^[\s(]*(select|with|values|show|table)\b/i,
  duckdb: /^[\s(]*(select|with|values|from)\b/i,
};
/** Those that read quotes and comments as PostgreSQL does. */
const POSTGRESQL_LIKE: ReadonlySet<Type> = new Set<Type>(['postgresql', 'duckdb']);
const COMMENT = /^(--|#|\/\*)/;
const BACKSLASH_TYPES: ReadonlySet<Type> = new Set<Type>(['mysql']);

/**
 * The one read-only statement in a query, without its closing semicolon. This is the first of several layers: the
 * statement runs in a read-only transaction (or file) through a protocol that takes one statement only.
 * @throws {AutomlError} `query_not_read_only`, `several_statements`, `query_invalid`.
 */
export function readOnlyStatement(query: string, type: Type): string {
  const code = withoutText(query, type);
  const end = code.replace(/[\s;]+$/, '').length;
  if (code.slice(0, end).includes(';')) {
    throw dataError('several_statements', 'The query has more than one statement.', 'Enter a single SELECT statement.');
  }
  if (end === 0 || !FIRST_WORDS[type].test(code)) {
    throw notReadOnly('Only queries that read are run: SELECT, WITH or VALUES.');
  }
  if (type === 'mysql' && /\binto\s+(outfile|dumpfile|@|[a-z_])/i.test(code)) {
    throw notReadOnly('A query may not write its result to a file or a variable.');
  }
  return query.slice(0, end);
}

/** Every name in a query, lower-cased: its plain words, and what stands in quotes that may hold a name. */
export function namesIn(query: string, type: Type): ReadonlySet<string> {
  const words: string[] = withoutText(query, type).match(/[\p{L}\p{N}_$]+/gu) ?? [];
  const quoted = texts(query, type)
    .map(({ start, end }) => query.slice(start, end))
    .filter((text) => !COMMENT.test(text) && (FILE_TYPES.includes(type) || !text.startsWith("'")))
    .map((text) => text.slice(1, -1).replaceAll(text.slice(-1).repeat(2), text.slice(-1)));
  return new Set([...words, ...quoted].map((name) => name.toLowerCase()));
}

function notReadOnly(message: string): Error {
  return dataError('query_not_read_only', message, 'Enter a single SELECT statement that changes nothing.');
}

/** The query at the same length with blanks for comments and quote marks for all of a string or quoted name. */
function withoutText(query: string, type: Type): string {
  let code = '';
  for (const { start, end } of texts(query, type)) {
    const blank = COMMENT.test(query.slice(start, end)) ? ' ' : "'";
    code += query.slice(code.length, start) + blank.repeat(end - start);
  }
  return code + query.slice(code.length);
}

/** Where the strings, quoted names and comments are. */
function texts(query: string, type: Type): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let start = 0; start < query.length;) {
    const end = Math.min(textEnd(query, start, type), query.length);
    if (end > start) found.push({ start, end });
    start = Math.max(end, start + 1);
  }
  return found;
}

/** Where the string, quoted name or comment at `start` ends; `start` where there is none. */
function textEnd(query: string, start: number, type: Type): number {
  const character = query[start];
  const two = query.slice(start, start + 2);
  if (two === '--' || (character === '#' && type === 'mysql')) {
    const end = query.indexOf('\n', start);
    return end === -1 ? query.length : end;
  }
  if (two === '/*') return commentEnd(query, start, type);
  if (character === '$' && POSTGRESQL_LIKE.has(type)) return dollarEnd(query, start);
  if (character === '[' && type === 'sqlite') return closed(query, query.indexOf(']', start));
  if (character === "'" || character === '"' || (character === '`' && !POSTGRESQL_LIKE.has(type))) {
    const isEscapeString =
      POSTGRESQL_LIKE.has(type) && character === "'" && /(^|[^\w$])e$/i.test(query.slice(0, start));
    const backslash = (BACKSLASH_TYPES.has(type) && character !== '`') || isEscapeString;
    return quoteEnd(query, start, character, backslash);
  }
  return start;
}

function quoteEnd(query: string, start: number, quote: string, backslash: boolean): number {
  for (let position = start + 1; position < query.length; position += 1) {
    if (backslash && query[position] === '\\') position += 1;
    else if (query[position] === quote) {
      if (query[position + 1] !== quote) return position + 1;
      position += 1;
    }
  }
  return closed(query, -1);
}

function commentEnd(query: string, start: number, type: Type): number {
  if (type === 'mysql' && /^\/\*M?!/i.test(query.slice(start, start + 4))) {
    throw notReadOnly('A query may not hold comments that the server runs.');
  }
  if (!POSTGRESQL_LIKE.has(type)) return closed(query, query.indexOf('*/', start + 2), 2);
  // PostgreSQL's comments nest.
  let depth = 0;
  for (let position = start; position < query.length; position += 1) {
    const two = query.slice(position, position + 2);
    if (two === '/*') depth += 1;
    else if (two === '*/') depth -= 1;
    else continue;
    position += 1;
    if (depth === 0) return position + 1;
  }
  return closed(query, -1);
}

function dollarEnd(query: string, start: number): number {
  const tag = /^\$([A-Za-z_]\w*)?\$/.exec(query.slice(start, start + 70))?.[0];
  if (tag === undefined || /[\w$]$/.test(query.slice(0, start))) return start;
  return closed(query, query.indexOf(tag, start + tag.length), tag.length);
}

function closed(query: string, end: number, length = 1): number {
  if (end !== -1) return end + length;
  throw dataError('query_invalid', 'The query has a quote or comment that never ends.', 'Close it and try again.');
}
