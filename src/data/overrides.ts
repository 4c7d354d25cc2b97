import type { ColumnOverride, DialectOverrides } from '../contracts/dataset-overrides';
import { cut } from '../contracts/failure';
import type { ColumnIntake } from './column-intake';
import { dataError } from './errors';
import type { ColumnName } from './names';
import type { PlannedColumn } from './plan';
import type { SourceScan } from './source-scan';

/** A column's names with what the user said of it. */
export interface NamedColumn extends ColumnName {
  override: ColumnOverride;
}

/** Values of which more do not fit refute an override: it was a mistake rather than a cleaning. */
const MISFIT_SHARE = 0.5;

/**
 * Puts the user's corrections beside the columns that they name. @throws {AutomlError} `unknown_column`,
 * `duplicate_column`, `no_columns_left`.
 */
export function overrideColumns(names: ColumnName[], overrides: Record<string, ColumnOverride> = {}): NamedColumn[] {
  const known = new Set(names.map(({ name }) => name));
  const unknown = Object.keys(overrides).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const listed = cut([...known].slice(0, 50).join(', '), 500);
    throw dataError('unknown_column', `The table has no column ${quote(unknown)}.`, `Its columns are: ${listed}.`);
  }
  const columns = names.map(({ name, source_name }) => {
    const override = Object.hasOwn(overrides, name) ? (overrides[name] as ColumnOverride) : {};
    return { name: override.name ?? name, source_name, override };
  });
  const kept = columns.filter(({ override }) => !override.drop);
  if (kept.length === 0) throw dataError('no_columns_left', 'Every column is dropped.', 'Keep at least one column.');
  const seen = new Set<string>();
  for (const { name } of kept) {
    if (seen.has(name)) {
      throw dataError('duplicate_column', `Two columns would be named ${quote(name)}.`, 'Give each column a name of its own.');
    }
    seen.add(name);
  }
  return columns;
}

/** @throws {AutomlError} `override_mismatch` where the file is certainly not written as the user says. */
export function refuseForeignEncoding(encoding: string, scan: SourceScan): void {
  const utf16 = encoding.startsWith('utf-16');
  const impossible = encoding.startsWith('utf-8') ? !scan.utf8 || scan.zeros : utf16 !== scan.zeros && !startsUtf16(scan);
  if (impossible) throw mismatch(`The file is not written in ${encoding}.`, 'Leave the encoding out to have it detected.');
}

function startsUtf16({ head }: SourceScan): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

/** @throws {AutomlError} `override_mismatch` */
export function refuseForeignSyntax({ delimiter, preamble_lines }: DialectOverrides, text: string, rowDelimiter: string): void {
  if (delimiter && !text.includes(delimiter)) {
    throw mismatch(`The delimiter ${quote(delimiter)} is not in the file.`, 'Leave the delimiter out to have it detected.');
  }
  if (preamble_lines && text.split(rowDelimiter, preamble_lines + 1).length <= preamble_lines) {
    throw mismatch(`The file has no line after a preamble of ${preamble_lines} lines.`, 'Name fewer preamble lines.');
  }
}

/** @throws {AutomlError} `override_mismatch` where most of a column's values do not fit the type or format asked. */
export function refuseMisfits(columns: PlannedColumn[], intakes: ColumnIntake[], rows: number): void {
  columns.forEach(({ name, decision, dropped, override }, index) => {
    const { missing, unfit, unfitSamples } = intakes[index] as ColumnIntake;
    const values = rows - missing;
    const asked = override.format ?? override.type;
    if (dropped || asked === undefined || values === 0) return;
    if (decision.refuted !== undefined) {
      throw mismatch(`Column ${quote(name)} ${decision.refuted}.`, 'Choose another type or format, or leave it to the detection.');
    }
    if (unfit > values * MISFIT_SHARE) {
      const samples = unfitSamples.slice(0, 3).map(quote).join(', ');
      throw mismatch(
        `${unfit} of ${values} values of column ${quote(name)} are not ${asked}: ${samples}.`,
        'Choose another type or format, or leave it to the detection.',
      );
    }
  });
}

function quote(text: string): string {
  return JSON.stringify(cut(text, 60));
}

function mismatch(message: string, hint: string): Error {
  return dataError('override_mismatch', message, hint);
}
