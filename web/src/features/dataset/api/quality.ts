import type { Column, Dataset } from '../../../lib/types';

/** What a reader should know of a column before training on it, worst first. */
export const QUALITY = ['empty', 'constant', 'missing', 'unique'] as const;
export type Quality = (typeof QUALITY)[number];

/** From this share on, missing values are worth a word. */
const MISSING_SHARE = 0.05;
/** Below it, a column whose values all differ says nothing about it. */
const FEW_ROWS = 20;

export function qualityOf({ missing, distinct, type }: Column, rows: number): Quality | null {
  if (rows === 0) return null;
  if (missing === rows) return 'empty';
  if (distinct === 1 && missing === 0) return 'constant';
  if (missing / rows >= MISSING_SHARE) return 'missing';
  const isText = type === 'text' || type === 'category';
  return isText && rows >= FEW_ROWS && distinct === rows ? 'unique' : null;
}

/** Columns with a finding, worst first. */
export function findingsOf({ columns, rows }: Dataset): { column: Column; quality: Quality }[] {
  return columns
    .flatMap((column) => {
      const quality = qualityOf(column, rows);
      return quality ? [{ column, quality }] : [];
    })
    .sort((a, b) => QUALITY.indexOf(a.quality) - QUALITY.indexOf(b.quality) || b.column.missing - a.column.missing);
}
