import { Transform } from 'node:stream';
import { parse } from 'csv-parse';
import type { ServedFile } from '../common/files';

/** A spreadsheet takes these for the start of a formula, which may run a command or send the sheet away. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Tells Excel that the text is UTF-8. */
const BYTE_ORDER_MARK = '\uFEFF';

/** A cell as a spreadsheet shows it and never runs it; numbers stay numbers, the negative ones too. */
export function harmlessCell(cell: string): string {
  return FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

/** One of our CSV files as a spreadsheet may open it. The file itself stays as it is: programs read that. */
export function forSpreadsheets(file: ServedFile): ServedFile {
  const name = file.name.replace(/\.csv$/, '_for_spreadsheets.csv');
  return { ...file, name, converted: { as: 'spreadsheets', through: () => [rowsOf(), lines()] } };
}

const rowsOf = () => parse({ relax_column_count: true });

function lines(): Transform {
  let before = BYTE_ORDER_MARK;
  return new Transform({
    writableObjectMode: true,
    transform(row: string[], _, done) {
      const cells = row.map((cell) => `"${harmlessCell(cell).replaceAll('"', '""')}"`);
      done(null, `${before}${cells.join(',')}\r\n`);
      before = '';
    },
  });
}
