import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import ui from '../../../lib/ui/ui.module.css';
import { displayOrder } from '../api/predictions';
import classes from './results.module.css';

/** Rows of predictions as read, what was predicted before the data's own columns. */
export function ValueTable({ header, rows, label }: { header: string[]; rows: string[][]; label: string }) {
  const { locale } = useI18n();
  const order = displayOrder(header);
  const numeric = header.map((_, at) => rows.length > 0 && rows.every((row) => isNumber(row[at])));
  return (
    <div className={classes.rows} tabIndex={0} role="group" aria-label={label}>
      <table className={ui.table}>
        <thead>
          <tr>
            {order.map((at) => (
              <th key={at} scope="col" className={numeric[at] ? ui.right : undefined}>
                {header[at]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={line}>
              {order.map((at) => (
                <td key={at} className={numeric[at] ? ui.right : classes.cell}>
                  {numeric[at] && row[at] !== '' ? number(Number(row[at]), locale) : row[at]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Decimals and exponents only: a year or an id of whole digits must not be grouped as an amount. */
function isNumber(cell: string | undefined): boolean {
  return cell === '' || (cell !== undefined && /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(cell));
}
