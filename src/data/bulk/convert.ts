import type { DuckDBConnection } from '@duckdb/node-api';
import type { PlannedColumn } from '../plan';
import { converterOf } from '../reading';
import { canonicalCell } from '../canonical-writer';
import { isMissing } from '../cells/missing';
import { literal, RAW } from './keys';
import type { ColumnSurvey } from './survey';

/** Up to so many cells are told apart in the query itself, more of them by a type that lists them. */
const FEW = 12;

/**
 * How column `index` is written into a canonical line, NULL or empty where it holds no value. May make a type that lists
 * its cells.
 */
export async function columnSql(
  connection: DuckDBConnection,
  index: number,
  { survey, column }: { survey: ColumnSurvey; column: PlannedColumn },
): Promise<string> {
  const cell = `c${index}`;
  const converted = survey.key === RAW ? cell : quotedSql(survey.key.convert(cell), column);
  const changed = changedCells(survey, column, converted === cell);
  if (changed.length === 0) return converted;
  if (changed.length <= FEW) {
    const cases = changed.map(([raw, text]) => `WHEN ${literal(raw)} THEN ${text === '' ? 'NULL' : literal(text)}`);
    return `CASE ${cell} ${cases.join(' ')} ELSE ${converted} END`;
  }
  // A join would look cells up as well, but DuckDB keeps no order of rows across one.
  const type = `cells${index}`;
  await connection.run(`CREATE TYPE ${type} AS ENUM (${changed.map(([raw]) => literal(raw)).join(', ')})`);
  const texts = `[${changed.map(([, text]) => literal(text)).join(', ')}]`;
  const code = `enum_code(TRY_CAST(${cell} AS ${type}))`;
  return `coalesce((${texts})[${code} + 1], ${converted})`;
}

/** Raw cells with their canonical text; only those that differ, where the others stay as they are. */
function changedCells({ cells, key }: ColumnSurvey, { decision }: PlannedColumn, others: boolean): [string, string][] {
  const convert = converterOf(decision.reading);
  const pairs = cells.map(([raw]): [string, string] => {
    const text = raw.trim();
    return [raw, isMissing(text) ? '' : canonicalCell(convert(text) ?? '')];
  });
  return key === RAW || others ? pairs.filter(([raw, text]) => raw !== text) : pairs;
}

/** What `canonicalCell` does, in SQL; numbers and dates never need it. */
function quotedSql(text: string, { decision }: PlannedColumn): string {
  if (decision.reading.kind !== 'text') return text;
  return `CASE WHEN regexp_matches(${text}, '[",#\\n\\r]') THEN '"' || replace(${text}, '"', '""') || '"' ELSE ${text} END`;
}
