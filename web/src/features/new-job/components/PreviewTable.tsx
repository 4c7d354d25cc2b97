import type { Preview } from '../../../lib/csv';
import { useI18n } from '../../../lib/i18n';
import classes from './new-job.module.css';

const ROWS = 6;

interface Props {
  preview: Preview;
  target: string | null;
  onTarget(column: string): void;
}

/** The first rows as the browser reads them; pressing a column's name makes it the target. */
export function PreviewTable({ preview, target, onTarget }: Props) {
  const { t } = useI18n();
  return (
    <div className={classes.previewScroll} tabIndex={0} role="group" aria-label={t.create.preview}>
      <table className={classes.preview}>
        <thead>
          <tr>
            {preview.columns.map((column, at) => (
              <th key={at} scope="col" data-kind={column.kind} data-target={column.name === target || undefined}>
                <button
                  type="button"
                  className={classes.column}
                  aria-pressed={column.name === target}
                  onClick={() => onTarget(column.name)}
                >
                  <span className={classes.columnName}>{column.name}</span>
                  <span className={classes.kind}>{t.create.kinds[column.kind]}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.slice(0, ROWS).map((row, at) => (
            <tr key={at}>
              {preview.columns.map((column, cell) => (
                <td key={cell} data-kind={column.kind} data-target={column.name === target || undefined}>
                  <span>{row[cell]}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
