/** The longest row that is read, in characters. */
export const MAX_ROW_CHARACTERS = 16 * 1024 * 1024;
export const MAX_COLUMNS = 10_000;
/** How much of a file's start decides its dialect, in bytes. */
export const SAMPLE_BYTES = 1024 * 1024;
/** How much of its end is searched for footnotes, in bytes. */
export const TAIL_BYTES = 64 * 1024;
/** Bytes that are read at a time where they are only hashed and scanned. */
export const SCAN_CHUNK_BYTES = 1024 * 1024;
/** Bytes that are decoded at a time: their cells die young, which saves nearly half of the time against 1 MB. */
export const CHUNK_BYTES = 64 * 1024;
/** Above this many distinct values a text column is `text`, not `category`; their exact counts are kept until then. */
export const MAX_CATEGORIES = 10_000;
/** Distinct values whose counts are kept over all columns together, so that a wide table stays flat in memory. */
export const DISTINCT_BUDGET = 2_000_000;
/** Numbers looked at over all columns together for quantiles: exact below it, an even sample of the rows above. */
export const QUANTILE_BUDGET = 8_000_000;
export const QUANTILE_SAMPLE_ROWS = 100_000;
/** Rows up to which DuckDB counts distinct values exactly; above it estimates them. */
export const EXACT_DISTINCT_ROWS = 2_000_000;
/** A column has a type although this share of its values doesn't fit it: those become missing and are reported. */
export const TOLERATED_SHARE = 0.01;
/** From this size on a file is read by DuckDB where it can be; below, starting it would take longer than reading. */
export const BULK_BYTES = 16 * 1024 * 1024;
/** Wider tables cost DuckDB more memory than they save time. */
export const BULK_COLUMNS = 250;
/** Columns that are summed up in one pass: GROUPING_ID has 64 bits. */
export const BULK_BATCH = 50;
/** Distinct cells that a survey may bring back, over all columns together. */
export const BULK_KEYS = 400_000;
