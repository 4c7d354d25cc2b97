import type { CatalogColumn, CatalogTable } from '../../contracts/connections';
import type { SqlConnection } from './source';

type Type = SqlConnection['type'];
type Cells = (string | null)[];

/** What PostgreSQL lets the user read. */
const READABLE = `c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')`;
/** What is MySQL's own. */
const MYSQL_OWN = `('mysql', 'information_schema', 'performance_schema', 'sys')`;

/** Tables and views that may be read, by schema and name, with the server's own estimate of their rows. */
const TABLES: Record<Type, string> = {
  postgresql: `SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END,
      CASE WHEN c.reltuples >= 0 AND c.relkind <> 'v' THEN c.reltuples::bigint END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${READABLE} ORDER BY 1, 2`,
  mysql: `SELECT table_schema, table_name, CASE table_type WHEN 'VIEW' THEN 'view' ELSE 'table' END, table_rows
    FROM information_schema.tables
    WHERE table_schema NOT IN ${MYSQL_OWN} ORDER BY 1, 2`,
  sqlite: `SELECT NULL AS s, name, type, NULL AS n FROM sqlite_schema
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
  // A Parquet file's view, alone in a database without a file, has its rows' number as its comment.
  duckdb: `SELECT schema_name, table_name, 'table', estimated_size FROM duckdb_tables()
    WHERE database_name = current_database() AND NOT internal
    UNION ALL SELECT v.schema_name, v.view_name, 'view', CASE WHEN d.path IS NULL THEN TRY_CAST(v.comment AS BIGINT) END
    FROM duckdb_views() v JOIN duckdb_databases() d ON d.database_name = v.database_name
    WHERE v.database_name = current_database() AND NOT v.internal ORDER BY 1, 2`,
};

/** Schema, table, column and type of every column that may be read. */
const OUTLINE: Record<Type, string> = {
  postgresql: `SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE ${READABLE} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1, 2, a.attnum`,
  mysql: `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema NOT IN ${MYSQL_OWN} ORDER BY 1, 2, ordinal_position`,
  sqlite: `SELECT NULL AS s, m.name AS t, p.name AS c, p.type FROM sqlite_schema m JOIN pragma_table_info(m.name) p
    WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, p.cid`,
  duckdb: `SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal ORDER BY 1, 2, column_index`,
};

/** A table by the names and types of its columns. */
export interface TableOutline {
  schema: string | null;
  name: string;
  columns: { name: string; type: string }[];
}

/** @param kinds SQLite can't describe a view of something that is gone, and then none: tables are always described. */
export function outlineStatement(type: Type, kinds: 'all' | 'tables'): string {
  return kinds === 'all' ? OUTLINE[type] : OUTLINE[type].replace(`('table', 'view')`, `('table')`);
}

/** Rows of `outlineStatement`, table by table. */
export function outlinesOf(rows: readonly Cells[]): TableOutline[] {
  const outlines: TableOutline[] = [];
  for (const [schema = null, table, name, type] of rows) {
    const last = outlines.at(-1);
    const column = { name: name ?? '', type: type ?? '' };
    if (last && last.schema === schema && last.name === table) last.columns.push(column);
    else outlines.push({ schema, name: table ?? '', columns: [column] });
  }
  return outlines;
}

export function tablesStatement(type: Type): string {
  return TABLES[type];
}

export function tableOf([schema = null, name, kind, rows]: Cells): CatalogTable {
  const estimate = rows === null || rows === undefined ? null : Number(rows);
  return { schema, name: name ?? '', kind: kind === 'view' ? 'view' : 'table', row_estimate: estimate };
}

/** Name, type and nullability of a table's columns, in their order. */
export function columnsStatement(type: Type, { schema, name }: { schema: string | null; name: string }): string {
  if (type === 'sqlite') {
    return `SELECT name, type, CASE "notnull" WHEN 0 THEN 'YES' ELSE 'NO' END AS n FROM pragma_table_info(${text(type, name)})`;
  }
  if (type === 'duckdb') {
    return `SELECT column_name, data_type, CASE WHEN is_nullable THEN 'YES' ELSE 'NO' END FROM duckdb_columns()
      WHERE database_name = current_database() AND table_name = ${text(type, name)}
      AND schema_name = ${schema === null ? 'current_schema()' : text(type, schema)} ORDER BY column_index`;
  }
  const home = type === 'mysql' ? 'database()' : 'current_schema()';
  return `SELECT column_name, data_type, is_nullable FROM information_schema.columns
    WHERE table_schema = ${schema === null ? home : text(type, schema)} AND table_name = ${text(type, name)}
    ORDER BY ordinal_position`;
}

export function columnOf([name, type, nullable]: Cells): CatalogColumn {
  return { name: name ?? '', type: type ?? '', nullable: nullable !== 'NO' };
}

/** All of a table. A name is quoted whole: a dot in it is no schema. */
export function tableStatement(type: Type, { schema, name }: { schema: string | null; name: string }): string {
  const mark = type === 'mysql' ? '`' : '"';
  const quoted = (part: string) => `${mark}${part.replaceAll('\0', '').replaceAll(mark, mark + mark)}${mark}`;
  return `SELECT * FROM ${schema ? `${quoted(schema)}.` : ''}${quoted(name)}`;
}

function text(type: Type, value: string): string {
  const plain = value.replaceAll('\0', '').replaceAll("'", "''");
  return `'${type === 'mysql' ? plain.replaceAll('\\', '\\\\') : plain}'`;
}
