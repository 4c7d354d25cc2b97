import { z } from 'zod';
import { ColumnType, Dataset } from './dataset';
import { DatasetOverrides } from './dataset-overrides';
import { Failure } from './failure';

/** `cancelled` and `failed` versions keep their number, so that a number never means two things. */
export const VERSION_STATUSES = ['preparing', 'ready', 'failed', 'cancelled'] as const;
export const VersionStatus = z.enum(VERSION_STATUSES);
export type VersionStatus = z.infer<typeof VersionStatus>;

const Name = z.string().trim().min(1).max(200);
const ColumnName = z.string().trim().min(1).max(500);
const ColumnNames = z.array(ColumnName).min(1).max(10_000);
const Expression = z
  .string()
  .trim()
  .min(1)
  .max(2000)
  .describe('Columns by name ("in double quotes" where it is no plain word), numbers, \'text\', operators, functions');
const Cell = z.union([z.string().max(100_000), z.number(), z.boolean()]).nullable();
const RowNumber = z.int().min(0).describe('From 0, as the base version counts them, whatever other edits do');

export const FILLS = ['value', 'mean', 'median', 'most_frequent', 'previous', 'next'] as const;

/** One change to a version; several are applied in their order. */
export const DatasetEdit = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('filter'), where: Expression.describe('Rows for which it is true stay') }),
  z.strictObject({ op: z.literal('drop_rows'), rows: z.array(RowNumber).min(1).max(10_000) }),
  z.strictObject({ op: z.literal('drop_missing'), columns: ColumnNames.optional().describe('All unless given') }),
  z.strictObject({ op: z.literal('drop_duplicates'), columns: ColumnNames.optional().describe('All unless given') }),
  z.strictObject({ op: z.literal('drop_columns'), columns: ColumnNames }),
  z.strictObject({ op: z.literal('rename'), column: ColumnName, to: ColumnName }),
  z.strictObject({ op: z.literal('type'), column: ColumnName, type: ColumnType }),
  z.strictObject({
    op: z.literal('fill'),
    column: ColumnName,
    with: z.enum(FILLS),
    value: Cell.optional().describe('For `value`'),
    by: ColumnNames.optional().describe('Each group of rows on its own, a series say'),
  }),
  z.strictObject({ op: z.literal('derive'), column: ColumnName.describe('A new one'), expression: Expression }),
  z.strictObject({
    op: z.literal('set_cells'),
    cells: z
      .array(z.strictObject({ row: RowNumber, column: ColumnName, value: Cell }))
      .min(1)
      .max(10_000),
  }),
  z.strictObject({ op: z.literal('add_rows'), rows: z.array(z.record(z.string(), Cell)).min(1).max(1000) }),
]);
export type DatasetEdit = z.infer<typeof DatasetEdit>;

/** What one query may take; each at most what the installation allows. */
export const SqlLimits = z.strictObject({
  rows: z.int().min(1).optional(),
  bytes: z.int().min(1).optional(),
  seconds: z.int().min(1).max(86_400).optional(),
});
export type SqlLimits = z.infer<typeof SqlLimits>;

/** What a version was made from. */
export const VersionOrigin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('upload'), overrides: DatasetOverrides.optional() }),
  z.object({
    kind: z.literal('schema'),
    overrides: DatasetOverrides,
    /** A job that has not started and takes this version once it is ready. */
    job_id: z.string().optional(),
  }),
  z.object({ kind: z.literal('edits'), edits: z.array(DatasetEdit) }),
  z.object({ kind: z.literal('sql') }),
]);
export type VersionOrigin = z.infer<typeof VersionOrigin>;

/** What edits did to their base version. */
export const VersionChanges = z.object({
  rows_removed: z.int(),
  rows_added: z.int(),
  columns_added: z.array(z.string()),
  columns_removed: z.array(z.string()),
  columns_renamed: z.array(z.object({ from: z.string(), to: z.string() })),
  cells_changed: z.array(z.object({ column: z.string(), count: z.int() })),
});
export type VersionChanges = z.infer<typeof VersionChanges>;

export const DatasetVersionView = z.object({
  dataset_id: z.string(),
  version: z.int(),
  status: VersionStatus,
  progress: z.int().min(0).max(100),
  parent_version: z.int().nullable(),
  origin: VersionOrigin,
  row_count: z.int().nullable(),
  column_count: z.int().nullable(),
  bytes: z.int().nullable(),
  sha256: z.string().nullable(),
  changes: VersionChanges.nullable(),
  error: Failure.nullable(),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
});
export type DatasetVersionView = z.infer<typeof DatasetVersionView>;

export const DATASET_KINDS = ['upload', 'sql'] as const;

export const DatasetView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(DATASET_KINDS),
  source_name: z.string(),
  connection_id: z.string().nullable(),
  query: z.string().nullable(),
  latest_version: z.int().describe('The newest number, ready or not'),
  ready_version: z.int().nullable().describe('The newest that jobs can start from'),
  status: VersionStatus.describe('Of the newest version'),
  row_count: z.int().nullable(),
  column_count: z.int().nullable(),
  bytes: z.int().nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type DatasetView = z.infer<typeof DatasetView>;

export const DatasetDetails = DatasetView.extend({
  profile: Dataset.nullable().describe('Of the newest version that is ready'),
  versions: z.array(DatasetVersionView).describe('Oldest first'),
});
export type DatasetDetails = z.infer<typeof DatasetDetails>;

export const DatasetVersionDetails = DatasetVersionView.extend({ profile: Dataset.nullable() });
export type DatasetVersionDetails = z.infer<typeof DatasetVersionDetails>;

export const RenameDataset = z.object({ name: Name });

/** Edits of a version, or another reading of the source. */
export const CreateVersion = z
  .strictObject({
    base_version: z.int().min(1).optional().describe('What the edits are made on; the newest ready one unless given'),
    edits: z.array(DatasetEdit).min(1).max(200).optional(),
    overrides: DatasetOverrides.optional().describe('Corrections of how the source is read'),
  })
  .refine(({ edits, overrides }) => (edits === undefined) !== (overrides === undefined), 'Give edits or overrides');
export type CreateVersion = z.infer<typeof CreateVersion>;

export const DatasetRows = z.object({
  version: z.int().nullable(),
  offset: z.int(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string().nullable())).describe('In the order of `columns`; null where a value is missing'),
  row_count: z.int(),
});
export type DatasetRows = z.infer<typeof DatasetRows>;

const Between = <T extends z.ZodType>(value: T) => z.object({ from: value, to: value });
export const DatasetDiff = z.object({
  from: z.int(),
  to: z.int(),
  identical: z.boolean(),
  row_count: Between(z.int()),
  columns_added: z.array(z.string()),
  columns_removed: z.array(z.string()),
  columns_changed: z.array(
    z.object({
      name: z.string(),
      type: Between(ColumnType),
      missing: Between(z.int()),
      distinct: Between(z.int()),
      mean: Between(z.number().nullable()),
    }),
  ),
  changes: VersionChanges.nullable().describe('Cell by cell, where `to` was edited from `from`'),
});
export type DatasetDiff = z.infer<typeof DatasetDiff>;

/** What a job reads, or will read once it starts. */
export const JobDataset = z.object({
  dataset_id: z.string().nullable(),
  version: z.int().nullable(),
  status: VersionStatus,
  progress: z.int(),
  error: Failure.nullable(),
  overrides: DatasetOverrides.nullable(),
  profile: Dataset.nullable(),
  offset: z.int(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string().nullable())),
  row_count: z.int(),
});
export type JobDataset = z.infer<typeof JobDataset>;

/** Which version a workflow makes. */
export const VersionKey = z.object({ dataset_id: z.string(), version: z.int().min(1) });
export type VersionKey = z.infer<typeof VersionKey>;
