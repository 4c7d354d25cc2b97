import { number, percent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Column, Dataset } from '../../../lib/types';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import { findingsOf } from '../api/quality';
import classes from './dataset.module.css';

const COLUMNS = 200;
const FINDINGS = 12;

/** What is in each column, and what to know before training on it. */
export function Columns({ profile }: { profile: Dataset }) {
  const { t, locale } = useI18n();
  const findings = findingsOf(profile);
  const notes = [
    ...profile.alterations.map(({ message, count, column }) => `${column ? `${column}: ` : ''}${message} (${count})`),
    ...profile.warnings,
  ];
  const clean = findings.length === 0 && notes.length === 0;
  const share = (missing: number) => percent(profile.rows > 0 ? missing / profile.rows : 0, locale);
  return (
    <Panel title={t.dataset.quality} hint={t.dataset.qualityHint} flush>
      <ul className={classes.findings}>
        {clean && <li>{t.dataset.clean}</li>}
        {findings.slice(0, FINDINGS).map(({ column, quality }) => (
          <li key={column.name}>
            <strong>{column.name}</strong> {t.dataset.findings[quality](share(column.missing))}
          </li>
        ))}
        {notes.slice(0, FINDINGS).map((note, at) => (
          <li key={at}>{note}</li>
        ))}
      </ul>
      <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.dataset.quality}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th scope="col">{t.data.name}</th>
              <th scope="col">{t.reading.type}</th>
              <th scope="col" className={ui.right}>
                {t.dataset.missing}
              </th>
              <th scope="col" className={ui.right}>
                {t.dataset.distinct}
              </th>
              <th scope="col">{t.dataset.values}</th>
            </tr>
          </thead>
          <tbody>
            {profile.columns.slice(0, COLUMNS).map((column) => (
              <tr key={column.name}>
                <td className={classes.strong}>{column.name}</td>
                <td className={classes.nowrap}>{t.reading.types[column.type]}</td>
                <td className={ui.right}>{share(column.missing)}</td>
                <td className={ui.right}>{number(column.distinct, locale)}</td>
                <td className={classes.values}>{valuesOf(column, locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {profile.columns.length > COLUMNS && (
        <p className={classes.foot}>
          {t.reading.columnsShown(number(COLUMNS, locale), number(profile.columns.length, locale))}
        </p>
      )}
    </Panel>
  );
}

/** The range of what has an order, else the most frequent values. */
function valuesOf({ type, min, max, mean, top_values }: Column, locale: string): string {
  const shown = (value: string | number | null) => (typeof value === 'number' ? number(value, locale) : (value ?? '–'));
  if (type === 'integer' || type === 'real') return `${shown(min)} – ${shown(max)} · ø ${number(mean, locale)}`;
  if (type === 'date' || type === 'datetime') return `${shown(min)} – ${shown(max)}`;
  return top_values
    .slice(0, 4)
    .map(({ value, count }) => `${value.slice(0, 60)} (${number(count, locale)})`)
    .join(', ');
}
