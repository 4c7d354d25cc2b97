import { z } from 'zod';

export const CONNECTION_TYPES = ['sqlite', 'postgresql', 'mysql'] as const;
export const CreateConnection = z.object({
  name: z.string().trim().min(1).max(200),
  type: z.enum(CONNECTION_TYPES),
  host: z.string().max(255).optional(),
  port: z.int().min(1).max(65_535).optional(),
  /** For SQLite a file under the allowed folder. */
  database: z.string().min(1).max(1000),
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

export const CreateSqlDataset = z.object({
  name: z.string().trim().min(1).max(200),
  connection_id: z.string(),
  query: z.string().trim().min(1).max(100_000),
});
export const SqlDatasetCreated = z.object({
  id: z.string(),
  message: z.string(),
  row_count: z.int(),
  column_count: z.int(),
  file_size_mb: z.number(),
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
