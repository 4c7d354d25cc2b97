import { z } from 'zod';
import { Alteration, ColumnRole, ColumnType, Dialect } from './dataset';

const Mark = z.string().refine((text) => [...text].length <= 1 && !/[\r\n]/.test(text), 'one character, or none');

/** Parts of the dialect that the user knows better than the detection; what is left out is detected. */
export const DialectOverrides = z
  .strictObject({
    encoding: z.string().min(1).max(40),
    delimiter: Mark,
    quotechar: Mark,
    escapechar: Mark,
    row_delimiter: Dialect.shape.row_delimiter,
    preamble_lines: z.int().min(0).max(1000),
    header_rows: z.int().min(0).max(10),
    footnote_lines: z.int().min(0).max(1000),
    decimal: Dialect.shape.decimal,
    thousands: Mark,
  })
  .partial()
  .refine(({ delimiter, quotechar }) => !delimiter || delimiter !== quotechar, 'delimiter and quotechar are the same')
  .refine(({ decimal, thousands }) => !decimal || decimal !== thousands, 'decimal and thousands are the same');
export type DialectOverrides = z.infer<typeof DialectOverrides>;

/** What the user says of one column. */
export const ColumnOverride = z
  .strictObject({
    /** Its new name. */
    name: z.string().trim().min(1).max(200),
    type: ColumnType,
    role: ColumnRole,
    /** As `Column.format` spells it: `%d/%m/%Y`, `epoch`, `1.234,5`, `ja/nein`. */
    format: z.string().min(1).max(60),
    /** Left out of the canonical data set. */
    drop: z.boolean(),
  })
  .partial();
export type ColumnOverride = z.infer<typeof ColumnOverride>;

/** Corrections of the detection; applied again, they give the same data set again. */
export const DatasetOverrides = z.strictObject({
  dialect: DialectOverrides.optional(),
  /** By the name that the column has when nothing is overridden but the dialect. */
  columns: z.record(z.string(), ColumnOverride).optional(),
});
export type DatasetOverrides = z.infer<typeof DatasetOverrides>;

/** How one column will be read. */
export const ColumnDecision = z.object({
  name: z.string(),
  detected_name: z.string().describe('How overrides name it'),
  source_name: z.string(),
  type: ColumnType,
  format: z.string().nullable(),
  role: ColumnRole.nullable(),
  dropped: z.boolean(),
  missing: z.int(),
  /** Values that do not fit and would become missing. */
  unfit: z.int(),
  confidence: z.number(),
  warning: z.string().nullable(),
  samples: z.array(z.string()).max(5).describe('first values, as the source writes them'),
});
export type ColumnDecision = z.infer<typeof ColumnDecision>;

/** What a file was found to be, before anything is made of it. */
export const DatasetDecision = z.object({
  ...Dialect.shape,
  columns: z.array(ColumnDecision),
  /** Of the whole file where `exact`, else estimated from its size. */
  rows: z.int(),
  /** False where only the start of the file was looked at: counts are the start's. */
  exact: z.boolean(),
  alterations: z.array(Alteration),
  warnings: z.array(z.string()),
  confidence: z.number(),
});
export type DatasetDecision = z.infer<typeof DatasetDecision>;

/** The same with the first rows as they would be stored. */
export const DatasetInspection = DatasetDecision.extend({
  first_rows: z
    .array(z.array(z.string().nullable()))
    .describe('In the order of `columns`, dropped ones included; long cells are cut, null where a value is missing'),
  dialect_given: z
    .boolean()
    .describe('The table is a file of ours already (a query, edits): its dialect is not to be corrected'),
});
export type DatasetInspection = z.infer<typeof DatasetInspection>;
