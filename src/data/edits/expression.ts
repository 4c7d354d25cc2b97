import type { ColumnType } from '../../contracts/dataset';
import { cut } from '../../contracts/failure';
import { dataError } from '../errors';
import { FUNCTIONS } from './functions';

/** A column as an expression sees it. */
export interface ExpressionColumn {
  /** What names it in SQL; the value is text. */
  id: string;
  name: string;
  /** Null: as the text has it. */
  type: ColumnType | null;
}

interface Token {
  kind: 'number' | 'text' | 'name' | 'quoted' | 'sign' | 'end';
  text: string;
  at: number;
}

const SQL_TYPES: Record<ColumnType, string | null> = {
  integer: 'HUGEINT',
  real: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  datetime: 'TIMESTAMP',
  category: null,
  text: null,
};

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|'(?<text>(?:[^']|'')*)'|"(?<quoted>(?:[^"]|"")*)"|(?<name>[\p{L}_][\p{L}\p{M}\p{N}_]*)|(?<sign><=|>=|!=|<>|==|[-+*/%(),<>=]))/uy;
const MAX_DEPTH = 50;
const COMPARISONS: Record<string, string> = {
  '=': '=',
  '==': '=',
  '!=': '<>',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const WORDS = new Set(['and', 'or', 'not', 'in', 'is', 'missing', 'null', 'true', 'false', 'between']);

/** A column's values in their type, null where a cell does not fit it. */
function valueOf({ id, type }: ExpressionColumn): string {
  const sql = type === null ? null : SQL_TYPES[type];
  return sql === null ? id : `TRY_CAST(${id} AS ${sql})`;
}

export function sqlText(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`;
}

/**
 * Translates an expression to SQL. Nothing of the text gets into the SQL but through this grammar: names must be
 * columns or listed functions, everything else is a literal.
 * @throws {AutomlError} `expression_invalid`, `unknown_column`.
 */
export function compileExpression(text: string, columns: ExpressionColumn[]): string {
  return new Parser(text, columns).whole();
}

class Parser {
  private readonly tokens: Token[];
  private position = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly columns: ExpressionColumn[],
  ) {
    this.tokens = tokensOf(text);
  }

  whole(): string {
    const sql = this.either();
    const rest = this.peek();
    if (rest.kind !== 'end') throw this.unexpected(rest);
    return sql;
  }

  private either(): string {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw invalid(this.text, 'it is nested too deeply');
    let sql = this.both();
    while (this.word('or')) sql = `(${sql} OR ${this.both()})`;
    this.depth -= 1;
    return sql;
  }

  private both(): string {
    let sql = this.negation();
    while (this.word('and')) sql = `(${sql} AND ${this.negation()})`;
    return sql;
  }

  private negation(): string {
    let negations = 0;
    while (this.word('not')) negations += 1;
    const sql = this.comparison();
    return negations % 2 === 1 ? `(NOT ${sql})` : sql;
  }

  private comparison(): string {
    const left = this.sum();
    const sign = this.peek();
    const operator = sign.kind === 'sign' && Object.hasOwn(COMPARISONS, sign.text) ? COMPARISONS[sign.text] : undefined;
    if (operator) {
      this.position += 1;
      return `(${left} ${operator} ${this.sum()})`;
    }
    if (this.word('is')) {
      const not = this.word('not') ? 'NOT ' : '';
      if (!this.word('missing') && !this.word('null')) throw this.unexpected(this.peek());
      return `(${left} IS ${not}NULL)`;
    }
    const not = this.word('not') ? 'NOT ' : '';
    if (this.word('in')) return `(${left} ${not}IN (${this.list().join(', ')}))`;
    if (this.word('between')) {
      const low = this.sum();
      if (!this.word('and')) throw this.unexpected(this.peek());
      return `(${left} ${not}BETWEEN ${low} AND ${this.sum()})`;
    }
    if (not) throw this.unexpected(this.peek());
    return left;
  }

  private sum(): string {
    let sql = this.product();
    for (;;) {
      const sign = this.sign('+', '-');
      if (!sign) return sql;
      sql = `(${sql} ${sign} ${this.product()})`;
    }
  }

  private product(): string {
    let sql = this.factor();
    for (;;) {
      const sign = this.sign('*', '/', '%');
      if (!sign) return sql;
      sql = `(${sql} ${sign} ${this.factor()})`;
    }
  }

  private factor(): string {
    let signs = 0;
    while (this.sign('-')) signs += 1;
    const sql = this.atom();
    return signs % 2 === 1 ? `(- ${sql})` : sql;
  }

  private atom(): string {
    const token = this.peek();
    this.position += 1;
    if (token.kind === 'number') return token.text;
    if (token.kind === 'text') return sqlText(token.text);
    if (token.kind === 'quoted') return this.column(token.text);
    if (token.kind === 'name') return this.named(token);
    if (token.kind === 'sign' && token.text === '(') {
      const sql = this.either();
      if (!this.sign(')')) throw this.unexpected(this.peek());
      return `(${sql})`;
    }
    throw this.unexpected(token);
  }

  private named(token: Token): string {
    const name = token.text.toLowerCase();
    if (name === 'true' || name === 'false') return name.toUpperCase();
    if (name === 'missing' || name === 'null') return 'NULL';
    const next = this.peek();
    const isCall = next.kind === 'sign' && next.text === '(';
    if (!isCall) {
      if (WORDS.has(name)) throw this.unexpected(token);
      return this.column(token.text);
    }
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (!known) {
      const message = `The expression ${shown(this.text)} calls "${cut(token.text, 60)}", which is no function here.`;
      throw dataError('expression_invalid', message, `Functions are: ${Object.keys(FUNCTIONS).join(', ')}.`);
    }
    const given = this.list();
    const [least, most] = known.arguments;
    if (given.length < least || given.length > most) {
      throw invalid(this.text, `${name} takes ${least === most ? least : `${least} to ${most}`} arguments`);
    }
    return known.sql(given);
  }

  private list(): string[] {
    if (!this.sign('(')) throw this.unexpected(this.peek());
    const items = [this.either()];
    while (this.sign(',')) items.push(this.either());
    if (!this.sign(')')) throw this.unexpected(this.peek());
    return items;
  }

  private column(name: string): string {
    const found = this.columns.find((column) => column.name === name);
    if (found) return valueOf(found);
    throw unknownColumn(name, this.columns);
  }

  private peek(): Token {
    return this.tokens[this.position] as Token;
  }

  private word(word: string): boolean {
    const token = this.peek();
    if (token.kind !== 'name' || token.text.toLowerCase() !== word) return false;
    this.position += 1;
    return true;
  }

  private sign(...signs: string[]): string | undefined {
    const token = this.peek();
    if (token.kind !== 'sign' || !signs.includes(token.text)) return undefined;
    this.position += 1;
    return token.text;
  }

  private unexpected(token: Token): Error {
    const what =
      token.kind === 'end' ? 'it ends too early' : `"${cut(token.text, 40)}" at ${token.at + 1} does not belong there`;
    return invalid(this.text, what);
  }
}

export function unknownColumn(name: string, columns: ExpressionColumn[]): Error {
  const listed = cut(columns.map((column) => column.name).join(', '), 500);
  return dataError('unknown_column', `The data set has no column "${cut(name, 100)}".`, `Its columns are: ${listed}.`);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) throw invalid(text, `"${cut(text.slice(at).trim(), 20)}" at ${at + 1} can't be read`);
    const [kind, found] = Object.entries(groups).find(([, value]) => value !== undefined) as [Token['kind'], string];
    const plain =
      kind === 'text' ? found.replaceAll("''", "'") : kind === 'quoted' ? found.replaceAll('""', '"') : found;
    tokens.push({ kind, text: plain, at });
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}

function invalid(text: string, why: string): Error {
  const hint = 'An example: "unit price" * quantity > 100 and month(day) in (6, 7) and region is not missing';
  return dataError('expression_invalid', `The expression ${shown(text)} can't be understood: ${why}.`, hint);
}

function shown(text: string): string {
  return `"${cut(text, 200)}"`;
}
