import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';

const WEB = path.join(__dirname, '..', '..', 'dist', 'web');
const LIMIT = 300_000;

const read = (address: string) => readFileSync(path.join(WEB, address), 'utf8');

/** What the page itself names: its scripts, and those that it has fetched ahead for them. */
function named(html: string): string[] {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const scripts = tags.filter((tag) => tag.startsWith('<script') || tag.includes('rel="modulepreload"'));
  return scripts.flatMap((tag) => /(?:src|href)="([^"]+)"/.exec(tag)?.[1] ?? []);
}

/** What a browser must fetch before a module runs. `import()` is a call, not a declaration: what is lazy stays out. */
function imported(address: string): string[] {
  const source = ts.createSourceFile(address, read(address), ts.ScriptTarget.ES2022);
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const from = statement.moduleSpecifier;
    if (!from || !ts.isStringLiteral(from)) return [];
    return from.text.startsWith('/') ? from.text : path.posix.join(path.posix.dirname(address), from.text);
  });
}

/** Each script once, however many ask for it. */
function reached(first: string[]): Set<string> {
  const found = new Set<string>();
  const open = [...first];
  for (let address = open.pop(); address; address = open.pop()) {
    if (found.has(address)) continue;
    found.add(address);
    open.push(...imported(address));
  }
  return found;
}

describe('the first load of the built web app', () => {
  const html = read('index.html');
  const scripts = reached(named(html));

  test('its scripts weigh less than 300 KB, packed', () => {
    const sizes = [...scripts].map((address) => ({ address, bytes: gzipSync(read(address)).length }));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    // An app this size weighs more than this: a walk that finds less has lost its way, not the app its weight.
    expect(total).toBeGreaterThan(100 * 1024);
    expect({ sizes, total, within: total < LIMIT }).toMatchObject({ within: true });
  });

  test.each([
    ['charts', /echarts/i],
    ['markdown', /micromark/i],
  ])('no %s among them: they come when a page needs them', (_, mark) => {
    const marked = (addresses: string[]) => addresses.filter((address) => mark.test(read(address)));
    expect(marked([...scripts])).toEqual([]);
    // The mark still tells: a script that is loaded later bears it.
    const all = readdirSync(path.join(WEB, 'assets')).filter((name) => name.endsWith('.js'));
    expect(marked(all.map((name) => `/assets/${name}`))).not.toEqual([]);
  });
});
