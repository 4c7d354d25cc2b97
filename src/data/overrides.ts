import type { ColumnOverride, DialectOverrides } from '../contracts/dataset-overrides';
import { cut } from '../contracts/failure';
import type { ColumnIntake } from './column-intake';
import { OverrideError } from './errors';
import type { ColumnName } from './names';
import type { PlannedColumn } from './plan';
import type { SourceScan } from './source-scan';

/** A column's names with what the user said of it. */
export interface NamedColumn extends ColumnName {
  /** Its name before the user's own: how overrides name it. */
  detected_name: string;
  override: ColumnOverride;
}

/** Values of which more do not fit refute an override: it was a mistake rather than a cleaning. */
const MISFIT_SHARE = 0.5;
const ANOTHER_TYPE = 'Choose another type or format, or leave it to the detection.';

/**
 * Puts the user's corrections beside the columns that they name. @throws {AutomlError} `unknown_column`,
 * `duplicate_column`, `no_columns_left`.
 */
export function overrideColumns(names: ColumnName[], overrides: Record<string, ColumnOverride> = {}): NamedColumn[] {
  const known = new Set(names.map(({ name }) => name));
  const unknown = Object.keys(overrides).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const listed = cut([...known].slice(0, 50).join(', '), 500);
    const message = `The table has no column ${quote(unknown)}.`;
    const hint = `Its columns are: ${listed}.`;
    throw new OverrideError(['columns', unknown], { code: 'unknown_column', message, hint });
  }
  const columns = names.map(({ name, source_name }) => {
    const override = Object.hasOwn(overrides, name) ? (overrides[name] as ColumnOverride) : {};
    return { name: override.name ?? name, detected_name: name, source_name, override };
  });
  const kept = columns.filter(({ override }) => !override.drop);
  if (kept.length === 0) {
    const failure = { message: 'Every column is dropped.', hint: 'Keep at least one column.' };
    throw new OverrideError(['columns'], { code: 'no_columns_left', ...failure });
  }
  const seen = new Set<string>();
  for (const { name, detected_name } of kept) {
    if (seen.has(name)) {
      const failure = {
        message: `Two columns would be named ${quote(name)}.`,
        hint: 'Give each column a name of its own.',
      };
      throw new OverrideError(['columns', detected_name, 'name'], { code: 'duplicate_column', ...failure });
    }
    seen.add(name);
  }
  return columns;
}

/** @throws {AutomlError} `override_mismatch` where the file is certainly not written as the user says. */
export function refuseForeignEncoding(encoding: string, scan: SourceScan): void {
  const utf16 = encoding.startsWith('utf-16');
  const impossible = encoding.startsWith('utf-8')
    ? !scan.utf8 || scan.zeros
    : utf16 !== scan.zeros && !startsUtf16(scan);
  if (impossible) {
    throw mismatch(
      ['dialect', 'encoding'],
      `The file is not written in ${encoding}.`,
      'Leave the encoding out to have it detected.',
    );
  }
}

function startsUtf16({ head }: SourceScan): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

/** @throws {AutomlError} `override_mismatch` */
export function refuseForeignSyntax(
  { delimiter, preamble_lines }: DialectOverrides,
  text: string,
  rowDelimiter: string,
): void {
  if (delimiter && !text.includes(delimiter)) {
    throw mismatch(
      ['dialect', 'delimiter'],
      `The delimiter ${quote(delimiter)} is not in the file.`,
      'Leave the delimiter out to have it detected.',
    );
  }
  if (preamble_lines && text.split(rowDelimiter, preamble_lines + 1).length <= preamble_lines) {
    throw mismatch(
      ['dialect', 'preamble_lines'],
      `The file has no line after a preamble of ${preamble_lines} lines.`,
      'Name fewer preamble lines.',
    );
  }
}

/** @throws {AutomlError} `override_mismatch` where most of a column's values do not fit the type or format asked. */
export function refuseMisfits(columns: PlannedColumn[], intakes: ColumnIntake[], rows: number): void {
  columns.forEach(({ name, detected_name, decision, dropped, override }, index) => {
    const { missing, unfit, unfitSamples } = intakes[index] as ColumnIntake;
    const values = rows - missing;
    const asked = override.format ?? override.type;
    if (dropped || asked === undefined || values === 0) return;
    const path = ['columns', detected_name, override.format === undefined ? 'type' : 'format'];
    if (decision.refuted !== undefined)
      throw mismatch(path, `Column ${quote(name)} ${decision.refuted}.`, ANOTHER_TYPE);
    if (unfit > values * MISFIT_SHARE) {
      const samples = unfitSamples.slice(0, 3).map(quote).join(', ');
      throw mismatch(
        path,
        `${unfit} of ${values} values of column ${quote(name)} are not ${asked}: ${samples}.`,
        ANOTHER_TYPE,
      );
    }
  });
}

function quote(text: string): string {
  return JSON.stringify(cut(text, 60));
}

function mismatch(path: string[], message: string, hint: string): Error {
  return new OverrideError(path, { code: 'override_mismatch', message, hint });
}
