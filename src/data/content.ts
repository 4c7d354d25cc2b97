import { dataError } from './errors';

const SAVE_AS_CSV = 'Open it in the program that made it and save or export the table as CSV.';

/** What files begin with that are often uploaded under a wrong name. */
const SIGNATURES: { bytes: number[]; what: string; hint: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: 'a ZIP archive or an Excel workbook (.xlsx)', hint: SAVE_AS_CSV },
  { bytes: [0x50, 0x4b, 0x05, 0x06], what: 'an empty ZIP archive', hint: SAVE_AS_CSV },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Excel workbook (.xls)', hint: SAVE_AS_CSV },
  { bytes: [0x1f, 0x8b], what: 'a gzip archive', hint: 'Unpack it and upload the table inside.' },
  { bytes: [0x42, 0x5a, 0x68], what: 'a bzip2 archive', hint: 'Unpack it and upload the table inside.' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'an xz archive', hint: 'Unpack it and upload the table inside.' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'a zstd archive', hint: 'Unpack it and upload the table inside.' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], what: 'a 7z archive', hint: 'Unpack it and upload the table inside.' },
  { bytes: [0x52, 0x61, 0x72, 0x21], what: 'a RAR archive', hint: 'Unpack it and upload the table inside.' },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document', hint: 'Export the table in it as CSV.' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG image', hint: 'Upload the table itself as CSV.' },
  { bytes: [0xff, 0xd8, 0xff], what: 'a JPEG image', hint: 'Upload the table itself as CSV.' },
  { bytes: [0x47, 0x49, 0x46, 0x38], what: 'a GIF image', hint: 'Upload the table itself as CSV.' },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: 'a Parquet file', hint: 'Convert it to CSV first.' },
  { bytes: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], what: 'an Arrow file', hint: 'Convert it to CSV first.' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], what: 'a program', hint: 'Upload a table as CSV.' },
  {
    bytes: [...Buffer.from('SQLite format 3')],
    what: 'a SQLite database',
    hint: 'Add it as a connection, or export a table as CSV.',
  },
];

/** Refuses what is certainly no delimited text, by its first bytes. @throws {AutomlError} `not_a_table`. */
export function refuseForeignContent(head: Buffer): void {
  const known = SIGNATURES.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (known) throw dataError('not_a_table', `The file is ${known.what}, not a CSV file.`, known.hint);
}

/** Refuses other structured text and binary data, by the decoded start. @throws {AutomlError} `not_a_table`. */
export function refuseForeignText(text: string): void {
  const start = text.slice(0, 4096).trimStart();
  if (/^<(!doctype|html|\?xml|table|svg|body|head|div)[\s>]/i.test(start)) {
    throw dataError(
      'not_a_table',
      'The file is a web page or XML, not a CSV file.',
      'Download the data itself, or export it as CSV.',
    );
  }
  if (/^(\{\s*"[^"\n]*"\s*:|\[\s*[[{]|\{\s*\}|\[\s*\])/.test(start)) {
    throw dataError('not_a_table', 'The file is JSON, not a CSV file.', 'Convert it to CSV, one record a line.');
  }
  if (/^\{\\rtf/.test(start)) {
    throw dataError('not_a_table', 'The file is a rich text document, not a CSV file.', SAVE_AS_CSV);
  }
  const sample = text.slice(0, 65_536);
  // eslint-disable-next-line no-control-regex
  const controls = sample.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001e\ufffd]/g)?.length ?? 0;
  if (controls > 16 && controls > sample.length * 0.02) {
    throw dataError('not_a_table', 'The file holds binary data, not text.', 'Upload the table as a CSV text file.');
  }
}
