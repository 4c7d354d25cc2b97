import { z } from 'zod';
import { SqlLimits } from './datasets';

export const CONNECTION_TYPES = ['sqlite', 'postgresql', 'mysql', 'duckdb'] as const;
/** Those whose database is a file under the allowed folder, with no host. */
export const FILE_TYPES: readonly string[] = ['sqlite', 'duckdb'] satisfies (typeof CONNECTION_TYPES)[number][];

/** In parts or as a URL; parts win over what the URL says. */
export const CreateConnection = z.object({
  name: z.string().trim().min(1).max(200),
  type: z.enum(CONNECTION_TYPES).optional(),
  url: z.string().max(4000).optional().describe('postgresql://user:password@host:port/database, mysql://…'),
  host: z.string().max(255).optional(),
  port: z.int().min(1).max(65_535).optional(),
  database: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe('For SQLite and DuckDB a file under the allowed folder; DuckDB takes Parquet files too'),
  username: z.string().max(255).optional(),
  password: z.string().max(2000).optional(),
});
export type CreateConnection = z.infer<typeof CreateConnection>;

export const ConnectionView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(CONNECTION_TYPES),
  host: z.string().nullable(),
  port: z.int().nullable(),
  database: z.string(),
  username: z.string().nullable(),
  has_password: z.boolean(),
  created_at: z.iso.datetime(),
});
export type ConnectionView = z.infer<typeof ConnectionView>;

export const ConnectionTest = z.object({ ok: z.boolean(), message: z.string(), hint: z.string().nullable() });

export const CatalogTable = z.object({
  schema: z.string().nullable(),
  name: z.string(),
  kind: z.enum(['table', 'view']),
  row_estimate: z.number().nullable().describe("The server's own; null where it has none"),
});
export type CatalogTable = z.infer<typeof CatalogTable>;

export const CatalogColumn = z.object({ name: z.string(), type: z.string(), nullable: z.boolean() });
export type CatalogColumn = z.infer<typeof CatalogColumn>;

export const SqlTable = z.object({ schema: z.string().max(500).nullish(), name: z.string().min(1).max(500) });
export type SqlTable = z.infer<typeof SqlTable>;

const Query = z.string().trim().min(1).max(100_000);
const Selection = {
  query: Query.optional(),
  table: SqlTable.optional().describe('All of a table, in place of a query'),
};

export const PreviewQuery = z.object({ ...Selection, limit: z.int().min(1).max(1000).default(100) });
export type PreviewQuery = z.infer<typeof PreviewQuery>;
export const QueryPreview = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string().nullable())),
});

export const CreateSqlDataset = z.object({
  name: z.string().trim().min(1).max(200),
  connection_id: z.string(),
  ...Selection,
  limits: SqlLimits.optional(),
});
export type CreateSqlDataset = z.infer<typeof CreateSqlDataset>;
/** Sizes are null where the caller did not wait for the rows. */
export const SqlDatasetCreated = z.object({
  id: z.string(),
  message: z.string(),
  version: z.int(),
  row_count: z.int().nullable(),
  column_count: z.int().nullable(),
  file_size_mb: z.number().nullable(),
});
export const SqlDatasetView = z.object({
  id: z.string(),
  name: z.string(),
  connection_id: z.string(),
  query: z.string(),
  row_count: z.int(),
  column_count: z.int(),
  file_size_mb: z.number(),
  created_at: z.iso.datetime(),
});
export const SqlDatasetPreview = z.object({
  columns: z.array(z.string()),
  data: z.array(z.record(z.string(), z.unknown())),
  row_count: z.int(),
  column_count: z.int(),
});
