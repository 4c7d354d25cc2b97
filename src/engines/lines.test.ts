import fc from 'fast-check';
import { cleanLine, LineNumberer, MAX_LINE_CHARACTERS, MAX_LINES } from './lines';

const bytes = (text: string) => Buffer.from(text, 'utf8');

test.each([
  ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
  ['a window title', '\x1b]0;owned\x07text', 'text'],
  ['a link', '\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\', 'click'],
  ['an unfinished sequence', 'text\x1b]52;c;', 'text'],
  ['eight-bit sequences', 'a\x9b31mb', 'ab'],
  ['a redrawn line', '10%\r50%\r100%\r', '100%'],
  ['backspaces and bells', 'a\x08\x07b\x00', 'ab'],
  ['turned direction', 'user\u202egpj.exe', 'usergpj.exe'],
  ['tabs and other scripts', 'a\tñ 日本 😀', 'a\tñ 日本 😀'],
])('cleans %s', (_, raw, clean) => {
  expect(cleanLine(raw)).toBe(clean);
});

test('gives the same lines however the bytes were cut into pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 7 }), (texts, size) => {
      const all = bytes(texts.join('\n'));
      const whole = new LineNumberer();
      const expected = [...whole.push('stdout', all), ...whole.end()];
      const pieces = new LineNumberer();
      const lines = [];
      for (let at = 0; at < all.length; at += size) lines.push(...pieces.push('stdout', all.subarray(at, at + size)));
      expect([...lines, ...pieces.end()]).toEqual(expected);
    }),
  );
});

test('numbers both streams in one count and keeps their unfinished lines apart', () => {
  const numberer = new LineNumberer();
  expect(numberer.push('stdout', bytes('a'))).toEqual([]);
  expect(numberer.push('stderr', bytes('b\n'))).toEqual([{ ordinal: 1, stream: 'stderr', text: 'b' }]);
  expect(numberer.push('stdout', bytes('c\n'))).toEqual([{ ordinal: 2, stream: 'stdout', text: 'ac' }]);
  expect(numberer.push('stderr', bytes('d'))).toEqual([]);
  expect(numberer.end()).toEqual([{ ordinal: 3, stream: 'stderr', text: 'd' }]);
});

test('cuts a long line and says so, without holding it', () => {
  const numberer = new LineNumberer();
  for (let piece = 0; piece < 100; piece++) numberer.push('stdout', bytes('x'.repeat(100_000)));
  const [line] = numberer.push('stdout', bytes('\n'));
  expect(line?.text).toBe(`${'x'.repeat(MAX_LINE_CHARACTERS)} … (line cut)`);
});

test('records no more than its share, and says so in the last line', () => {
  const numberer = new LineNumberer();
  const lines = numberer.push('stdout', bytes('x\n'.repeat(MAX_LINES + 10)));
  expect(lines).toHaveLength(MAX_LINES);
  expect(lines.at(-1)?.text).toContain('the rest is dropped');
  expect(numberer.push('stdout', bytes('y\n'))).toEqual([]);
});
