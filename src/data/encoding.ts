import { StringDecoder } from 'node:string_decoder';
import iconv from 'iconv-lite';
import { dataError } from './errors';
import type { SourceScan } from './source-scan';

export interface EncodingDecision {
  encoding: string;
  confidence: number;
  warning: string | null;
}

/** One-byte encodings that are told apart by how plausible their letters are. */
const ONE_BYTE = ['windows-1252', 'cp850', 'macintosh', 'windows-1251'];
const WESTERN = new Set('áéíóúñüàèìòùâêîôûäöëïçãõßåæøœÿýšžðþ');
const SIGNS = new Set('€£°ºª¿¡«»“”‘’–—…©®±²³µ½¼·×§™');

/** @throws {AutomlError} `wrong_encoding` for UTF-32, `not_a_table` for binary data. */
export function detectEncoding(scan: SourceScan): EncodingDecision {
  const sure = { confidence: 1, warning: null };
  const { head } = scan;
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf && scan.utf8) return { encoding: 'utf-8-sig', ...sure };
  if (startsWithUtf32(head)) throw wrongEncoding('UTF-32');
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', ...sure };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', ...sure };
  if (scan.zeros) return { encoding: utf16WithoutMark(head), confidence: 0.95, warning: null };
  if (scan.utf8) return { encoding: 'utf-8', ...sure };
  return detectOneByte(scan);
}

/** Decodes a stream of chunks; a byte order mark is dropped. */
export interface Decoder {
  write(chunk: Buffer): string;
  end(): string;
}

/** @throws {AutomlError} `wrong_encoding` for a name that is not known. */
export function createDecoder(encoding: string): Decoder {
  const raw = rawDecoder(encoding);
  let first = true;
  const withoutMark = (text: string) => {
    if (!first || text === '') return text;
    first = false;
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  };
  return { write: (chunk) => withoutMark(raw.write(chunk)), end: () => withoutMark(raw.end() ?? '') };
}

export function decode(bytes: Buffer, encoding: string): string {
  const decoder = createDecoder(encoding);
  return decoder.write(bytes) + decoder.end();
}

function rawDecoder(encoding: string): { write(chunk: Buffer): string; end(): string | undefined } {
  if (encoding === 'utf-8' || encoding === 'utf-8-sig') return new StringDecoder('utf8');
  if (encoding === 'utf-16le') return new StringDecoder('utf16le');
  if (!iconv.encodingExists(encoding)) throw wrongEncoding(encoding);
  return iconv.getDecoder(encoding, { stripBOM: false });
}

function wrongEncoding(name: string): Error {
  return dataError(
    'wrong_encoding',
    `The encoding ${name} can't be read.`,
    'Save the file as UTF-8 and upload it again.',
  );
}

function startsWithUtf32(head: Buffer): boolean {
  const start = head.subarray(0, 4).toString('hex');
  return start === 'fffe0000' || start === '0000feff';
}

function utf16WithoutMark(head: Buffer): string {
  let even = 0;
  let odd = 0;
  for (let index = 0; index < head.length; index += 1) {
    if (head[index] !== 0) continue;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  }
  const half = head.length / 2;
  if (odd > half * 0.4 && even < odd * 0.1) return 'utf-16le';
  if (even > half * 0.4 && odd < even * 0.1) return 'utf-16be';
  throw dataError(
    'not_a_table',
    'The file holds zero bytes: it is binary data, not text.',
    'Upload the table as a CSV text file.',
  );
}

function detectOneByte(scan: SourceScan): EncodingDecision {
  const bytes = scan.odd ?? scan.head;
  const asUtf8 = bytes.toString('utf8');
  const broken = asUtf8.match(/\ufffd/g)?.length ?? 0;
  const whole = asUtf8.match(/[\u0080-\ufffc]/g)?.length ?? 0;
  // Text in a one-byte encoding hardly ever holds a whole character of UTF-8.
  if (whole > broken) {
    const warning = 'The file is UTF-8 but for some broken characters, which became �.';
    return { encoding: 'utf-8', confidence: 0.8, warning };
  }
  const ranked = ONE_BYTE.map((encoding) => ({ encoding, score: plausibility(iconv.decode(bytes, encoding)) })).sort(
    (a, b) => b.score - a.score,
  );
  const [best, next] = ranked as [(typeof ranked)[0], (typeof ranked)[0]];
  const confidence = best.score > next.score + 0.1 ? 0.95 : 0.7;
  const usesControls = bytes.some((byte) => byte >= 0x80 && byte <= 0x9f);
  const encoding = best.encoding === 'windows-1252' && !usesControls ? 'iso-8859-1' : best.encoding;
  return { encoding, confidence, warning: null };
}

/** The mean plausibility of a text's characters beyond ASCII, in [-1, 1]. */
function plausibility(text: string): number {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < text.length && count < 5000; index += 1) {
    if (text.charCodeAt(index) < 128) continue;
    count += 1;
    sum += characterScore(text, index);
  }
  return count === 0 ? 0 : sum / count;
}

function characterScore(text: string, index: number): number {
  const character = text[index] as string;
  const before = text[index - 1] ?? ' ';
  const after = text[index + 1] ?? ' ';
  const amongLetters = /[a-z]/i.test(before) || /[a-z]/i.test(after);
  if (/\p{Script=Cyrillic}/u.test(character)) {
    const amongCyrillic = /\p{Script=Cyrillic}/u.test(before) || /\p{Script=Cyrillic}/u.test(after);
    return amongCyrillic && !amongLetters ? 0.9 : -0.5;
  }
  if (WESTERN.has(character)) return amongLetters ? 1 : 0.2;
  if (WESTERN.has(character.toLowerCase())) {
    // A capital inside lower-case letters is rarely meant.
    return /[a-z]/.test(before) ? -0.5 : amongLetters ? 0.7 : 0.2;
  }
  if (SIGNS.has(character))
    return amongLetters && /[a-z]/i.test(before) && /[a-z]/i.test(after) && character !== '’' ? -0.5 : 0.4;
  if (character === '\u00a0') return 0.3;
  return -1;
}
