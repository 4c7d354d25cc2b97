import type { Dictionary } from '../../../lib/i18n/en';
import type { DatasetEdit } from '../../../lib/types';

const SHOWN = 120;

/** An edit in a sentence. */
export function editWords(edit: DatasetEdit, t: Dictionary): string {
  const words = t.dataset.did;
  switch (edit.op) {
    case 'set_cells': {
      const [cell] = edit.cells;
      if (edit.cells.length > 1 || !cell) return words.setCells(edit.cells.length);
      return words.setCell(cell.column, cell.row + 1, cut(cell.value === null ? '' : String(cell.value)));
    }
    case 'drop_rows':
      return edit.rows.length === 1 ? words.dropRow(edit.rows[0]! + 1) : words.dropRows(edit.rows.length);
    case 'drop_columns':
      return words.dropColumns(cut(edit.columns.join(', ')));
    case 'rename':
      return words.rename(edit.column, edit.to);
    case 'type':
      return words.type(edit.column, t.reading.types[edit.type]);
    case 'fill': {
      const how = t.dataset.fills[edit.with];
      return words.fill(edit.column, edit.with === 'value' ? `${how}: ${cut(String(edit.value ?? ''))}` : how);
    }
    case 'filter':
      return words.filter(cut(edit.where));
    case 'derive':
      return words.derive(edit.column, cut(edit.expression));
    case 'drop_missing':
      return words.dropMissing;
    case 'drop_duplicates':
      return words.dropDuplicates;
    case 'add_rows':
      return words.addRows(edit.rows.length);
  }
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
