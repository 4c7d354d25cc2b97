import type { ColumnType } from '../../contracts/dataset';
import type { DatasetEdit } from '../../contracts/datasets';
import { cut } from '../../contracts/failure';
import { dataError } from '../errors';
import { compileExpression, sqlText, unknownColumn, type ExpressionColumn } from './expression';

/** A column while it is edited; `source` is its name in the base version, null for a derived one. */
export interface EditedColumn extends ExpressionColumn {
  source: string | null;
}

/** Each step selects from the one before, `step_0` being the base version with its rows numbered in `row_no`. */
export interface EditPlan {
  steps: string[];
  columns: EditedColumn[];
}

type Edit<Op extends DatasetEdit['op']> = Extract<DatasetEdit, { op: Op }>;
type Cell = Edit<'set_cells'>['cells'][number]['value'];

/** New rows come after every row of the base version. */
const FIRST_NEW_ROW = 1_000_000_000_000;

/**
 * Translates edits to SQL over text cells, so that a cell that no edit names stays byte for byte what it was.
 * @throws {AutomlError} `unknown_column`, `duplicate_column`, `no_columns_left`, `expression_invalid`.
 */
export function planEdits(base: { name: string; type: ColumnType }[], edits: DatasetEdit[]): EditPlan {
  const planner = new Planner(base.map(({ name, type }, index) => ({ id: `c${index}`, name, type, source: name })));
  edits.forEach((edit) => planner.apply(edit));
  return { steps: planner.steps, columns: planner.columns };
}

class Planner {
  readonly steps: string[] = [];
  private derived = 0;
  private added = 0;

  constructor(public columns: EditedColumn[]) {}

  apply(edit: DatasetEdit): void {
    switch (edit.op) {
      case 'filter':
        return this.keep(`coalesce(CAST(${compileExpression(edit.where, this.columns)} AS BOOLEAN), FALSE)`);
      case 'drop_rows':
        return this.keep(`row_no NOT IN (${edit.rows.join(', ')})`);
      case 'drop_missing':
        return this.keep(
          this.named(edit.columns)
            .map(({ id }) => `${id} IS NOT NULL`)
            .join(' AND '),
        );
      case 'drop_duplicates':
        return this.dropDuplicates(this.named(edit.columns));
      case 'drop_columns':
        return this.dropColumns(edit.columns);
      case 'rename':
        return this.rename(edit);
      case 'type':
        this.column(edit.column).type = edit.type;
        return;
      case 'fill':
        return this.fill(edit);
      case 'derive':
        return this.derive(edit);
      case 'set_cells':
        return this.setCells(edit);
      case 'add_rows':
        return this.addRows(edit);
    }
  }

  private get previous(): string {
    return `step_${this.steps.length}`;
  }

  private keep(condition: string): void {
    this.steps.push(`SELECT * FROM ${this.previous} WHERE ${condition}`);
  }

  /** The columns, of which some become something else. */
  private project(changed: Record<string, string>): void {
    const cells = this.columns.map(({ id }) => (changed[id] === undefined ? id : `${changed[id]} AS ${id}`));
    this.steps.push(`SELECT ${['row_no', ...cells].join(', ')} FROM ${this.previous}`);
  }

  private dropDuplicates(columns: EditedColumn[]): void {
    const same = columns.map(({ id }) => id).join(', ');
    const numbered = `SELECT *, row_number() OVER (PARTITION BY ${same} ORDER BY row_no) AS copy_no FROM ${this.previous}`;
    this.steps.push(`SELECT * EXCLUDE (copy_no) FROM (${numbered}) WHERE copy_no = 1`);
  }

  private dropColumns(names: string[]): void {
    const dropped = new Set(this.named(names));
    this.columns = this.columns.filter((column) => !dropped.has(column));
    if (this.columns.length === 0) {
      throw dataError('no_columns_left', 'Every column is dropped.', 'Keep at least one column.');
    }
    this.project({});
  }

  private rename({ column, to }: Edit<'rename'>): void {
    const found = this.column(column);
    if (found.name === to) return;
    this.refuseTaken(to);
    found.name = to;
  }

  private fill({ column, with: fill, value, by }: Edit<'fill'>): void {
    const target = this.column(column);
    const groups = by ? this.named(by).map(({ id }) => id) : [];
    const over = groups.length > 0 ? `PARTITION BY ${groups.join(', ')}` : '';
    this.project({
      [target.id]: `coalesce(${target.id}, ${this.filling(target, { fill, value: value ?? null, over })})`,
    });
    // Means of whole numbers need not be whole: the type is decided anew.
    if ((fill === 'mean' || fill === 'median') && target.type === 'integer') target.type = null;
  }

  private filling(target: EditedColumn, how: { fill: Edit<'fill'>['with']; value: Cell; over: string }): string {
    const { fill, value, over } = how;
    switch (fill) {
      case 'value':
        if (value !== null) return literal(value);
        throw dataError('edit_invalid', `Filling "${target.name}" needs a value.`, 'Give `value` with the edit.');
      case 'mean':
      case 'median': {
        if (target.type !== 'integer' && target.type !== 'real') {
          const hint = 'Fill it with most_frequent, previous, next or a value.';
          throw dataError('edit_invalid', `Column "${cut(target.name, 100)}" has no ${fill}: it is no number.`, hint);
        }
        const statistic = `${fill === 'mean' ? 'avg' : 'median'}(TRY_CAST(${target.id} AS DOUBLE)) OVER (${over})`;
        return textOf(statistic);
      }
      case 'most_frequent':
        return `mode(${target.id}) OVER (${over})`;
      case 'previous':
        return `last_value(${target.id} IGNORE NULLS) OVER (${over} ORDER BY row_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
      case 'next':
        return `first_value(${target.id} IGNORE NULLS) OVER (${over} ORDER BY row_no ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)`;
    }
  }

  private derive({ column: name, expression }: Edit<'derive'>): void {
    this.refuseTaken(name);
    const sql = textOf(compileExpression(expression, this.columns));
    const id = `d${(this.derived += 1)}`;
    this.steps.push(`SELECT *, ${sql} AS ${id} FROM ${this.previous}`);
    this.columns = [...this.columns, { id, name, type: null, source: null }];
  }

  private setCells({ cells }: Edit<'set_cells'>): void {
    const changed: Record<string, string> = {};
    const byColumn = new Map<EditedColumn, Map<number, Cell>>();
    for (const { row, column, value } of cells) {
      const target = this.column(column);
      byColumn.set(target, (byColumn.get(target) ?? new Map<number, Cell>()).set(row, value));
    }
    for (const [{ id }, values] of byColumn) {
      const cases = [...values].map(([row, value]) => `WHEN ${row} THEN ${literal(value)}`);
      changed[id] = `CASE row_no ${cases.join(' ')} ELSE ${id} END`;
    }
    this.project(changed);
  }

  private addRows({ rows }: Edit<'add_rows'>): void {
    const lines = rows.map((row) => {
      Object.keys(row).forEach((name) => this.column(name));
      const cells = this.columns.map(({ name }) => literal(Object.hasOwn(row, name) ? (row[name] as Cell) : null));
      this.added += 1;
      return `(${[FIRST_NEW_ROW + this.added, ...cells].join(', ')})`;
    });
    const ids = ['row_no', ...this.columns.map(({ id }) => id)].join(', ');
    this.steps.push(`SELECT ${ids} FROM ${this.previous} UNION ALL SELECT * FROM (VALUES ${lines.join(', ')})`);
  }

  private named(names?: string[]): EditedColumn[] {
    return names === undefined ? this.columns : names.map((name) => this.column(name));
  }

  private column(name: string): EditedColumn {
    const found = this.columns.find((column) => column.name === name);
    if (found) return found;
    throw unknownColumn(name, this.columns);
  }

  private refuseTaken(name: string): void {
    if (!this.columns.some((column) => column.name === name)) return;
    throw dataError('duplicate_column', `There is a column "${cut(name, 100)}" already.`, 'Choose another name.');
  }
}

function literal(value: Cell): string {
  return value === null || value === '' ? 'CAST(NULL AS VARCHAR)' : sqlText(String(value));
}

/** A value as a cell's text; infinity and not-a-number are no values. */
function textOf(sql: string): string {
  const text = `CAST(${sql} AS VARCHAR)`;
  return `(CASE WHEN ${text} IN ('inf', '-inf', 'nan', '') THEN NULL ELSE ${text} END)`;
}
