import type { Ledger } from './ledger';

export interface ColumnName {
  /** Unique, trimmed, never empty. */
  name: string;
  source_name: string;
}

/** Names for `width` columns from the header's rows; upper rows' names reach over the empty cells to their right. */
export function nameColumns(header: string[][], width: number, ledger: Ledger): ColumnName[] {
  const rows = header.map((row, level) => (level < header.length - 1 ? spread(row, width) : row));
  const sources = Array.from({ length: width }, (_, column) => {
    const parts = rows.map((row) => clean(row[column] ?? '')).filter((part) => part !== '');
    return parts.filter((part, index) => part !== parts[index - 1]).join(' ');
  });
  const taken = new Set<string>();
  // Names that come once keep their spelling: the others move out of their way.
  const wanted = sources.map((source, column) => source.replace(/^#\s*(?=\S)/, column === 0 ? '' : '$&'));
  const reserved = new Set(wanted);
  return wanted.map((base, column) => {
    const name =
      base !== '' && !taken.has(base) ? base : freeName(base, column, (each) => taken.has(each) || reserved.has(each));
    taken.add(name);
    if (header.length > 0 && name !== base) ledger.add('renamed_column', name, base);
    return { name, source_name: sources[column] as string };
  });
}

function freeName(base: string, column: number, isTaken: (name: string) => boolean): string {
  const stem = base === '' ? `column_${column + 1}` : base;
  if (base === '' && !isTaken(stem)) return stem;
  for (let count = 2; ; count += 1) {
    const name = `${stem}_${count}`;
    if (!isTaken(name)) return name;
  }
}

function clean(cell: string): string {
  return cell.replace(/\s+/g, ' ').trim();
}

function spread(row: string[], width: number): string[] {
  let last = '';
  return Array.from({ length: width }, (_, column) => (last = clean(row[column] ?? '') || last));
}
