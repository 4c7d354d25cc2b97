import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import { displayOrder, type Predictions } from '../api/predictions';
import classes from './results.module.css';

const SHOWN = 100;

/** The first rows of predictions.csv: the values behind the chart, for eyes and for screen readers. */
export function PredictionsTable({ predictions }: { predictions: Predictions }) {
  const { t, locale } = useI18n();
  const rows = predictions.rows.slice(0, SHOWN);
  const order = displayOrder(predictions.header);
  const numeric = predictions.header.map((_, at) => rows.length > 0 && rows.every((row) => isNumber(row[at])));
  return (
    <Panel title={t.results.predictions} hint={t.results.rows(rows.length, predictions.rows.length)} flush>
      <div className={classes.rows} tabIndex={0} role="group" aria-label={t.results.predictions}>
        <table className={ui.table}>
          <thead>
            <tr>
              {order.map((at) => (
                <th key={at} scope="col" className={numeric[at] ? ui.right : undefined}>
                  {predictions.header[at]}
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
    </Panel>
  );
}

/** Decimals and exponents only: a year or an id of whole digits must not be grouped as an amount. */
function isNumber(cell: string | undefined): boolean {
  return cell === '' || (cell !== undefined && /^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(cell));
}
