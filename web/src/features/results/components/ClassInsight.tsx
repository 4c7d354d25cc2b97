import { Select, Slider } from '@mantine/core';
import { useMemo, useState } from 'react';
import { number, percent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import {
  brierOf,
  calibrationOf,
  confusionOf,
  countsAt,
  curvesOf,
  rarestClass,
  type ClassTable,
  type Curves,
} from '../api/classification';
import { CurveChart } from './CurveChart';
import classes from './results.module.css';

/** Larger matrices are no longer read but scrolled. */
const MOST_CLASSES = 20;

/** How well the classes are told apart, and what another threshold would change; all from the rows never seen. */
export function ClassInsight({ table }: { table: ClassTable }) {
  const { t } = useI18n();
  const [chosen, setChosen] = useState<number | null>(null);
  const positive = chosen ?? rarestClass(table);
  const curves = useMemo(() => curvesOf(table, positive), [table, positive]);
  const names = table.classes.map((name, at) => ({ value: String(at), label: name }));
  return (
    <>
      {table.classes.length <= MOST_CLASSES && <Confusion table={table} />}
      {curves && (
        <Panel
          title={t.insight.curves}
          hint={t.results.sealed}
          aside={
            <Select
              size="xs"
              aria-label={t.insight.positive}
              allowDeselect={false}
              data={names}
              value={String(positive)}
              onChange={(value) => setChosen(Number(value))}
            />
          }
        >
          <Threshold key={positive} table={table} positive={positive} curves={curves} />
        </Panel>
      )}
      {curves && <Calibration table={table} positive={positive} />}
    </>
  );
}

/** Points a curve is drawn with; more change nothing one could see. */
const MOST_POINTS = 400;

function Threshold({ table, positive, curves }: { table: ClassTable; positive: number; curves: Curves }) {
  const { t, locale } = useI18n();
  const [threshold, setThreshold] = useState(0.5);
  const counts = useMemo(() => countsAt(table, positive, threshold), [table, positive, threshold]);
  const shown = useMemo(() => {
    const step = Math.ceil(curves.points.length / MOST_POINTS);
    return curves.points.filter((_, at) => at % step === 0 || at === curves.points.length - 1);
  }, [curves]);
  const roc = useMemo(() => shown.map((one): [number, number] => [one.falseAlarms, one.recall]), [shown]);
  const precisionRecall = useMemo(() => shown.map((one): [number, number] => [one.recall, one.precision]), [shown]);
  const { truePositive, falsePositive, falseNegative, trueNegative, precision, recall } = counts;
  const alarms = falsePositive + trueNegative === 0 ? 0 : falsePositive / (falsePositive + trueNegative);
  const rocMark = useMemo((): [number, number] => [alarms, recall ?? 0], [alarms, recall]);
  const prMark = useMemo(
    (): [number, number] | null => (precision === null ? null : [recall ?? 0, precision]),
    [precision, recall],
  );
  const share = (value: number | null) => (value === null ? '–' : percent(value, locale));
  const name = table.classes[positive] ?? '';
  return (
    <>
      <div className={classes.curves}>
        <CurveChart
          diagonal
          points={roc}
          marked={rocMark}
          names={{ x: t.insight.falseAlarms, y: t.insight.recall }}
          label={t.insight.rocLabel(name, number(curves.auc, locale))}
        />
        <CurveChart
          points={precisionRecall}
          marked={prMark}
          names={{ x: t.insight.recall, y: t.insight.precision }}
          label={t.insight.prLabel(name)}
        />
      </div>
      <div className={classes.threshold}>
        <span id="threshold-name">{t.insight.threshold(name, percent(threshold, locale))}</span>
        <Slider
          min={0.01}
          max={0.99}
          step={0.01}
          label={null}
          value={threshold}
          onChange={setThreshold}
          thumbLabel={t.insight.threshold(name, percent(threshold, locale))}
        />
      </div>
      <dl className={classes.counts}>
        {[
          [t.insight.found, number(truePositive, locale)],
          [t.insight.missed, number(falseNegative, locale)],
          [t.insight.falseAlarm, number(falsePositive, locale)],
          [t.insight.leftAlone, number(trueNegative, locale)],
          [t.insight.precision, share(precision)],
          [t.insight.recall, share(recall)],
          ['F1', share(counts.f1)],
        ].map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd className="numbers">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Calibration({ table, positive }: { table: ClassTable; positive: number }) {
  const { t, locale } = useI18n();
  const bins = useMemo(() => calibrationOf(table, positive), [table, positive]);
  const points = useMemo(() => bins.map(({ said, share }): [number, number] => [said, share]), [bins]);
  const name = table.classes[positive] ?? '';
  const brier = number(brierOf(table, positive), locale);
  return (
    <Panel title={t.insight.calibration} hint={t.insight.calibrationHint(name)}>
      <CurveChart
        diagonal
        dots
        points={points}
        marked={null}
        names={{ x: t.insight.said, y: t.insight.cameTrue }}
        label={t.insight.calibrationLabel(name, brier)}
      />
      <dl className={classes.counts}>
        <div>
          <dt>{t.insight.brier}</dt>
          <dd className="numbers">{brier}</dd>
        </div>
      </dl>
    </Panel>
  );
}

function Confusion({ table }: { table: ClassTable }) {
  const { t, locale } = useI18n();
  const matrix = useMemo(() => confusionOf(table), [table]);
  const most = Math.max(1, ...matrix.flat());
  return (
    <Panel title={t.insight.confusion} hint={t.insight.confusionHint} flush>
      <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.insight.confusion}>
        <table className={`${ui.table} ${classes.matrix}`}>
          <thead>
            <tr>
              <th scope="col">{t.insight.actualPredicted}</th>
              {table.classes.map((name) => (
                <th key={name} scope="col" className={ui.right}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.map((row, actual) => (
              <tr key={table.classes[actual]}>
                <th scope="row">{table.classes[actual]}</th>
                {row.map((count, predicted) => (
                  <td
                    key={predicted}
                    className={ui.right}
                    data-right={actual === predicted}
                    style={{ '--share': count / most } as React.CSSProperties}
                  >
                    {number(count, locale)}
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
