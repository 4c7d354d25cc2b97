import { tokenize, Tokenizer, type Syntax } from './tokenizer';

const comma: Syntax = { delimiter: ',', quotechar: '"', escapechar: '', row_delimiter: '\n' };

describe('Tokenizer', () => {
  it.each<[string, string, Partial<Syntax>, string[][]]>([
    [
      'plain rows',
      'a,b\n1,2\n',
      {},
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'no line end at the end',
      'a,b\n1,',
      {},
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    [
      'line ends of Windows',
      'a,b\r\n1,2\r\n',
      {},
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'line ends of old Macs',
      'a,b\r1,2',
      { row_delimiter: '\r' },
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'quotes, doubled and over lines',
      '"a ""x""","b\nc"\r\n1,2',
      {},
      [
        ['a "x"', 'b\nc'],
        ['1', '2'],
      ],
    ],
    ['blanks around quotes', 'a, "b, c" ,d', {}, [['a', 'b, c', 'd']]],
    ['quotes inside a bare cell', 'a,5" pipe,b', {}, [['a', '5" pipe', 'b']]],
    ['backslash escapes', "'it\\'s',b\\,c", { quotechar: "'", escapechar: '\\' }, [["it's", 'b,c']]],
    [
      'runs of blanks',
      '  a  b   "c d"\n 1 2   3 ',
      { delimiter: ' ' },
      [
        ['a', 'b', 'c d'],
        ['1', '2', '3'],
      ],
    ],
    ['one column', 'a\n1,5\n', { delimiter: '', quotechar: '' }, [['a'], ['1,5']]],
    ['unescaped quotes inside quotes', 'x,"he said "hi" there",y', {}, [['x', 'he said "hi" there', 'y']]],
    ['text after a closing quote', '"a"b,c', {}, [['ab', 'c']]],
  ])('reads %s', (_name, text, syntax, rows) => {
    expect(tokenize(text, { ...comma, ...syntax }).rows).toEqual(rows);
  });

  it('reads the same whatever the pushes', () => {
    const text = 'a,"b ""q"" c"\r\n"x\ny",2\r\n"",\r\n"z"x,3\r\n';
    const whole = tokenize(text, comma);
    for (let size = 1; size < text.length; size += 1) {
      const tokenizer = new Tokenizer(comma);
      const rows: string[][] = [];
      for (let at = 0; at < text.length; at += size) rows.push(...tokenizer.push(text.slice(at, at + size)));
      rows.push(...tokenizer.end());
      expect(rows).toEqual(whole.rows);
      expect([tokenizer.malformed, tokenizer.quoted]).toEqual([whole.malformed, whole.quoted]);
    }
  });

  it('says which quote never ends', () => {
    expect(() => tokenize('a,b\n1,"x\n2,y', comma)).toThrow(/never ends/);
  });
});
