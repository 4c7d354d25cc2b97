import { useI18n } from '../../../lib/i18n';
import { Panel } from '../../../lib/ui/Panel';
import type { Predictions } from '../api/predictions';
import { ValueTable } from './ValueTable';

const SHOWN = 100;

/** The first rows of predictions.csv: the values behind the chart, for eyes and for screen readers. */
export function PredictionsTable({ predictions }: { predictions: Predictions }) {
  const { t } = useI18n();
  const rows = predictions.rows.slice(0, SHOWN);
  return (
    <Panel title={t.results.predictions} hint={t.results.rows(rows.length, predictions.rows.length)} flush>
      <ValueTable header={predictions.header} rows={rows} label={t.results.predictions} />
    </Panel>
  );
}
