/** Tables and what may happen to them, from a seed. */

/** A generator of numbers in [0, 1) (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const pick = (random, values) => values[Math.floor(random() * values.length)];
const int = (random, below) => Math.floor(random() * below);

const COLUMNS = {
  id: (i) => String(i + 1),
  amount: (i, random) => (random() * 1000).toFixed(2),
  count: (_, random) => String(int(random, 5000)),
  city: (_, random) => pick(random, ['Berlin', 'São Paulo', 'Málaga', 'New York', 'Forlì', "L'Aquila"]),
  date: (i) => new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10),
  day: (i) => new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10).split('-').reverse().join('.'),
  note: (i, random) => pick(random, ['fine', 'late, again', 'said "no"', 'a; b', 'x', 'two words']),
  flag: (_, random) => pick(random, ['yes', 'no']),
  gap: (_, random) => (random() < 0.3 ? '' : String(int(random, 9))),
};

/** A plain table with its rows as lines. */
export function baseTable(random) {
  const names = Object.keys(COLUMNS).filter(() => random() < 0.6);
  while (names.length < 3)
    names.push(
      pick(
        random,
        ['id', 'amount', 'city'].filter((name) => !names.includes(name)),
      ),
    );
  const delimiter = pick(random, [',', ';', '\t', '|']);
  const quote = (cell) => (/["\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replace(/"/g, '""')}"` : cell);
  const count = 24 + int(random, 60);
  const rows = [names, ...Array.from({ length: count }, (_, i) => names.map((name) => COLUMNS[name](i, random)))];
  const lines = rows.map((row) => row.map(quote).join(delimiter));
  return { rows, syntax: { delimiter, quote }, text: `${lines.join('\n')}\n` };
}

/** Each changes the lines around row `at` (never the header) and says which rows it touched. */
const MUTATIONS = {
  'a byte changed': (table, at, random) => bytes(table, at, (line) => splice(line, random, 1, [int(random, 256)])),
  'bytes put in': (table, at, random) =>
    bytes(table, at, (line) =>
      splice(
        line,
        random,
        0,
        Array.from({ length: 1 + int(random, 8) }, () => int(random, 256)),
      ),
    ),
  'a zero byte': (table, at, random) => bytes(table, at, (line) => splice(line, random, 0, [0])),
  'broken UTF-8': (table, at, random) => bytes(table, at, (line) => splice(line, random, 0, [0xc3, 0x28])),
  'a quote put in': (table, at, random) => lineWith(table, at, (line) => insert(line, random, '"')),
  'deep quotes': (table, at, random) =>
    lineWith(table, at, (line) => insert(line, random, '"'.repeat(1 + int(random, 40)))),
  'a delimiter put in': (table, at, random) =>
    lineWith(table, at, (line) => insert(line, random, table.syntax.delimiter)),
  'a delimiter taken out': (table, at) => lineWith(table, at, (line) => line.replace(table.syntax.delimiter, '')),
  'a line break put in': (table, at, random) =>
    lineWith(table, at, (line) => insert(line, random, pick(random, ['\n', '\r\n', '\r']))),
  'a line end taken out': (table, at) => joined(table, at),
  'other line ends': (table, at) => lineWith(table, at, (line) => `${line}\r`),
  'an empty line': (table, at) => lineWith(table, at, (line) => `${line}\n`),
  'the header again': (table, at) => lineWith(table, at, (line) => `${line}\n${table.text.split('\n')[0]}`),
  'a comment': (table, at) => lineWith(table, at, (line) => `# a comment\n${line}`),
  'a formula': (table, at, random) => cellOf(table, at, random, '=HYPERLINK("http://x","y")'),
  'a script': (table, at, random) => cellOf(table, at, random, '<script>alert(1)</script>'),
  'a long cell': (table, at, random) => cellOf(table, at, random, 'x'.repeat(1000 + int(random, 200_000))),
  'another type': (table, at, random) =>
    cellOf(table, at, random, pick(random, ['n/a', 'abc', '1e400', '99999999999999999999', '12:30', '-'])),
  'a strange sign': (table, at, random) =>
    lineWith(table, at, (line) =>
      insert(line, random, pick(random, ['\u0000', '\ufeff', '\u2028', '😀', '\u001b[31m', '\\'])),
    ),
  'cut off': (table, at, random) => cutOff(table, random),
  'many cells': (table, at) => lineWith(table, at, (line) => line + table.syntax.delimiter.repeat(3000)),
};

/** One mutation, sometimes two. `touched` holds line numbers of the base table; the header is 0. */
export function mutate(table, random) {
  const kind = pick(random, Object.keys(MUTATIONS));
  const at = 1 + int(random, table.rows.length - 1);
  const { content, touched } = MUTATIONS[kind](table, at, random);
  return { kind, content: Buffer.from(content), touched: new Set(touched) };
}

function linesOf({ text }) {
  return text.slice(0, -1).split('\n');
}

function lineWith(table, at, change) {
  const lines = linesOf(table);
  lines[at] = change(lines[at]);
  return { content: `${lines.join('\n')}\n`, touched: [at] };
}

function joined(table, at) {
  const lines = linesOf(table);
  const touched = [at, at + 1];
  lines.splice(at, 2, `${lines[at]}${lines[at + 1] ?? ''}`);
  return { content: `${lines.join('\n')}\n`, touched };
}

function cellOf(table, at, random, cell) {
  const column = int(random, table.rows[0].length);
  const row = table.rows[at].map((old, index) => table.syntax.quote(index === column ? cell : old));
  return lineWith(table, at, () => row.join(table.syntax.delimiter));
}

function bytes(table, at, change) {
  const lines = linesOf(table).map((line) => Buffer.from(line));
  lines[at] = change(lines[at]);
  return { content: Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])), touched: [at] };
}

function splice(line, random, remove, added) {
  const at = int(random, Math.max(1, line.length));
  return Buffer.concat([line.subarray(0, at), Buffer.from(added), line.subarray(at + remove)]);
}

function insert(line, random, text) {
  const at = int(random, line.length + 1);
  return line.slice(0, at) + text + line.slice(at);
}

function cutOff(table, random) {
  const end = Math.max(table.text.indexOf('\n') + 20, int(random, table.text.length));
  const whole = table.text.slice(0, end).split('\n').length - 1;
  const touched = Array.from({ length: table.rows.length - whole }, (_, index) => whole + index);
  return { content: table.text.slice(0, end), touched };
}
