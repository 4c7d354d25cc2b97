/** A value that a Python literal can stand for. */
export type PythonValue =
  string | number | boolean | null | readonly PythonValue[] | PythonCall | PythonName | PythonLines;

/** A call with keyword arguments, written by us and never taken from data. */
export interface PythonCall {
  call: string;
  arguments: Record<string, PythonValue>;
}

/** A variable or an attribute of one, written by us. */
export interface PythonName {
  name: string;
}

/** A value written out over several lines, made by `linesOf`. */
export interface PythonLines {
  lines: readonly string[];
}

const LINE_WIDTH = 100;
const IDENTIFIER = /^[a-z_][a-z0-9_.]*$/i;

/**
 * Renders any value as a Python literal. Text from outside (names, prompts) reaches a script only through here: the
 * result is printable ASCII on one line, so no text can end its own quotes, its line or its comment.
 * @throws {RangeError} for a number that Python has no literal for.
 */
export function literal(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`${value} has no Python literal`);
    return Object.is(value, -0) ? '0' : String(value);
  }
  if (isList(value)) return `[${value.map(literal).join(', ')}]`;
  if ('name' in value) return identifier(value.name);
  if ('lines' in value) return value.lines.join('\n');
  const given = Object.entries(value.arguments).map(([name, argument]) => `${identifier(name)}=${literal(argument)}`);
  return `${identifier(value.call)}(${given.join(', ')})`;
}

/**
 * Renders a call as source lines: on one line where it fits, else one keyword argument a line.
 * @param first what stands before the keyword arguments, e.g. `run` or `run, history`
 */
export function call(name: string, first: string, keywords: Record<string, PythonValue>): string {
  const positional = first ? first.split(', ') : [];
  const given = Object.entries(keywords);
  const oneLine = [...positional, ...given.map(([keyword, value]) => `${identifier(keyword)}=${literal(value)}`)];
  const whole = `${name}(${oneLine.join(', ')})`;
  if (whole.length <= LINE_WIDTH && !whole.includes('\n')) return whole;
  const lines = [
    ...positional.map((argument) => `${argument},`),
    ...given.flatMap(([keyword, value]) => argumentLines(keyword, value)),
  ];
  return [`${name}(`, ...lines.map((line) => `    ${line}`), ')'].join('\n');
}

/** Calls as a list with an argument a line, and a line of source for each line of a text. */
export function linesOf(calls: readonly PythonCall[]): PythonLines {
  const written = calls.flatMap(({ call: name, arguments: given }) => {
    const inner = Object.entries(given).flatMap(([keyword, value]) => {
      if (typeof value !== 'string' || !value.includes('\n')) return argumentLines(keyword, value);
      const lines = value.split(/(?<=\n)/).map((line) => `    ${literal(line)}`);
      return [`${identifier(keyword)}=(`, ...lines, '),'];
    });
    return [`${identifier(name)}(`, ...inner.map((line) => `    ${line}`), '),'];
  });
  return { lines: ['[', ...written.map((line) => `    ${line}`), ']'] };
}

/** A keyword argument as lines; a list that is too long for one fills several. */
function argumentLines(keyword: string, value: PythonValue): string[] {
  const line = `${identifier(keyword)}=${literal(value)},`;
  if (line.includes('\n')) return line.split('\n');
  if (line.length <= LINE_WIDTH || typeof value !== 'object' || value === null || !isList(value)) return [line];
  const filled = fill(value.map((item) => `${literal(item)},`));
  return [`${keyword}=[`, ...filled.map((items) => `    ${items}`), '],'];
}

/**
 * Text for a docstring: letters, digits and signs of any language stay, double quotes and backslashes become harmless
 * look-alikes, and all else (controls, text direction marks) a question mark; wrapped at words.
 */
export function prose(value: string, limit: number): string {
  const flat = Array.from(value.replace(/\s+/g, ' ').trim()).slice(0, limit);
  const safe = flat.map((character) => {
    if (character === '"') return "'";
    if (character === '\\') return '/';
    return /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character) ? character : '?';
  });
  return fill(safe.join('').split(' ')).join('\n');
}

/** Joins words with spaces to lines of the usual width; a word that is longer has a line of its own. */
function fill(words: string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= LINE_WIDTH - 8)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function text(value: string): string {
  let escaped = '';
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') escaped += `\\${character}`;
    else if (character === '\n') escaped += '\\n';
    else if (code >= 0x20 && code < 0x7f) escaped += character;
    else if (code >= 0xd800 && code <= 0xdfff) escaped += '\\ufffd';
    else if (code <= 0xff) escaped += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code <= 0xffff) escaped += `\\u${code.toString(16).padStart(4, '0')}`;
    else escaped += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return `"${escaped}"`;
}

function identifier(name: string): string {
  if (!IDENTIFIER.test(name)) throw new RangeError(`${JSON.stringify(name)} is no Python name`);
  return name;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: object): value is readonly PythonValue[] {
  return Array.isArray(value);
}
