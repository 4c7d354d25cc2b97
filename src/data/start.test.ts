import { wholeRows } from './start';

describe('the start of a file', () => {
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  test.each([
    ['ends with a whole row', Buffer.from('a,b\n1,2\n3,'), Buffer.from('a,b\n1,2\n')],
    ['cuts no character', Buffer.from('a,b\n1,é').subarray(0, 7), Buffer.from('a,b\n')],
    ['cuts no quoted cell', Buffer.from('a,b,c,d\n1,"x""y"\n2,"z\nz'), Buffer.from('a,b,c,d\n1,"x""y"\n')],
    ['loses little to a stray quote', Buffer.from('a"\n1\n2\n3\n4'), Buffer.from('a"\n1\n2\n3\n')],
    ['knows Macintosh rows', Buffer.from('a\r1\r2'), Buffer.from('a\r1\r')],
    ['keeps Windows rows', Buffer.from('a\r\n1\r\n2\r'), Buffer.from('a\r\n1\r\n')],
    ['keeps both bytes of a character, little end first', utf16('a\nb\nc'), utf16('a\nb\n')],
    ['keeps both bytes of a character, big end first', utf16('a\nb\nc').swap16(), utf16('a\nb\n').swap16()],
    ['is all of it where there is one row', Buffer.from('abc'), Buffer.from('abc')],
  ])('%s', (_, start, kept) => expect(wholeRows(start)).toEqual(kept));
});
