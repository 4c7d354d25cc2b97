import { z } from 'zod';

/** How the uploaded text is written. Empty strings mean "none". */
export const Dialect = z.object({
  encoding: z.string(),
  delimiter: z.string(),
  quotechar: z.string(),
  escapechar: z.string(),
  row_delimiter: z.enum(['\n', '\r\n', '\r']),
  preamble_lines: z.int().min(0),
  header_rows: z.int().min(0),
  footnote_lines: z.int().min(0),
  decimal: z.enum(['.', ',']),
  thousands: z.string(),
});
export type Dialect = z.infer<typeof Dialect>;

/**
 * The type of a column in the canonical data set. `date` is a calendar day (YYYY-MM-DD), `datetime` an instant
 * without a zone (YYYY-MM-DDTHH:MM:SS), `category` few repeated strings, `text` free text.
 */
export const COLUMN_TYPES = ['integer', 'real', 'boolean', 'date', 'datetime', 'category', 'text'] as const;
export const ColumnType = z.enum(COLUMN_TYPES);
export type ColumnType = z.infer<typeof ColumnType>;

/** What a column is for; what the user does not say is decided by the analysis. */
export const COLUMN_ROLES = ['target', 'date', 'series_id', 'id', 'feature', 'text', 'ignored'] as const;
export const ColumnRole = z.enum(COLUMN_ROLES);
export type ColumnRole = z.infer<typeof ColumnRole>;

/** One column of the canonical data set with its profile; statistics are null where they mean nothing. */
export const Column = z.object({
  /** The name in the canonical file: unique, trimmed, never empty. */
  name: z.string(),
  /** The name as the source wrote it. */
  source_name: z.string(),
  type: ColumnType,
  /** Only where the user set it; see `ColumnRole`. */
  role: ColumnRole.optional(),
  /** How the source wrote it, e.g. `%d/%m/%Y`, `1.234,5`, `ja/nein`; null where it was plain. */
  format: z.string().nullable(),
  /** Of dates that could be read in two ways, where nothing in the file tells which: the other one. */
  ambiguous: z.object({ sample: z.string(), other_format: z.string() }).optional(),
  missing: z.int(),
  distinct: z.int(),
  min: z.union([z.string(), z.number()]).nullable(),
  max: z.union([z.string(), z.number()]).nullable(),
  mean: z.number().nullable(),
  stddev: z.number().nullable(),
  quantiles: z.array(z.number()).length(5).nullable().describe('5, 25, 50, 75 and 95 %'),
  top_values: z.array(z.object({ value: z.string(), count: z.int() })).max(10),
});
export type Column = z.infer<typeof Column>;

/** A cell or row that normalising altered or dropped, counted and sampled. */
export const Alteration = z.object({
  code: z.string(),
  column: z.string().nullable(),
  count: z.int(),
  samples: z.array(z.string().max(200)).max(5),
  message: z.string(),
});
export type Alteration = z.infer<typeof Alteration>;

/** The canonical data set: UTF-8, comma, `"` doubled, `\n`, one header row, ISO dates, `.` decimals, empty = missing. */
export const Dataset = z.object({
  schema_version: z.literal(1),
  source_name: z.string(),
  source_bytes: z.int(),
  source_sha256: z.string(),
  /** Of the canonical file. */
  sha256: z.string(),
  bytes: z.int(),
  rows: z.int(),
  dialect: Dialect,
  /** Lowest of the confidences of the decisions above, 0-1. */
  confidence: z.number(),
  columns: z.array(Column),
  alterations: z.array(Alteration),
  warnings: z.array(z.string()),
});
export type Dataset = z.infer<typeof Dataset>;
