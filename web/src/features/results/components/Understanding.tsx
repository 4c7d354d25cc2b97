import { Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { metricName, metricValue, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Insight, LearningCurve, Metric } from '../../../lib/types';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import { lastStep, range } from '../api/insight';
import { BarsChart } from './BarsChart';
import { LinesChart } from './LinesChart';
import { SwarmChart } from './SwarmChart';
import classes from './results.module.css';

const MOST_BARS = 15;

/** What the model listens to and how sure its score is; what was not measured is not shown. */
export default function Understanding({ insight, metric }: { insight: Insight; metric: Metric | null }) {
  const { contributions, decomposition, dependence, horizons, importance, learning_curve: learning } = insight;
  return (
    <>
      {metric && <Trust insight={insight} metric={metric} />}
      {metric && importance.length > 0 && <Importance rows={importance} metric={metric} />}
      {contributions && contributions.features.length > 0 && <Drivers found={contributions} />}
      {dependence.length > 0 && <Dependence curves={dependence} />}
      {learning && learning.points.length > 1 && <Learning curve={learning} />}
      {horizons.length > 1 && <Horizons rows={horizons} />}
      {decomposition && <Parts of={decomposition} />}
    </>
  );
}

function Trust({ insight, metric }: { insight: Insight; metric: Metric }) {
  const { t, locale } = useI18n();
  const { interval, fit, folds } = insight;
  const say = (value: number | null | undefined) => metricValue(metric, value, locale);
  const parts = range(folds);
  const scores = useMemo(
    () => [{ name: metricName(metric), values: folds.map(({ score }) => score) }],
    [folds, metric],
  );
  const places = useMemo(() => folds.map(({ label }) => label), [folds]);
  const words = t.understanding;
  const facts = [
    fit && fit.sealed !== null && ([words.sealed, say(fit.sealed)] as const),
    fit && fit.cross_validated !== null && ([words.chosen, say(fit.cross_validated)] as const),
    fit && fit.training !== null && ([words.training, say(fit.training)] as const),
    parts && ([words.parts, words.partsRange(say(parts[0]), say(parts[1]))] as const),
  ].filter((fact) => !!fact);
  const isKnown = interval !== null && interval.low !== null && interval.high !== null;
  return (
    <Panel title={words.trust} hint={words.trustHint}>
      <p className={classes.trust}>
        {isKnown
          ? words.interval(metricName(metric), say(interval.low), say(interval.high), interval.level)
          : words.noInterval}{' '}
        {isKnown && interval.skill_low !== null && (interval.skill_low > 0 ? words.beatsNaive : words.mayNotBeatNaive)}
      </p>
      <dl className={classes.counts}>
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd className="numbers">{value}</dd>
          </div>
        ))}
      </dl>
      {parts && <LinesChart places={places} lines={scores} kind="points" label={words.partsLabel(folds.length)} />}
    </Panel>
  );
}

function Importance({ rows, metric }: { rows: Insight['importance']; metric: Metric }) {
  const { t } = useI18n();
  const words = t.understanding;
  const bars = useMemo(
    () => rows.slice(0, MOST_BARS).map(({ feature, loss }) => ({ name: words.made(feature), value: loss })),
    [rows, words],
  );
  return (
    <Panel title={words.importance} hint={words.importanceHint(metricName(metric))}>
      <BarsChart bars={bars} label={words.importanceLabel(bars.length)} />
    </Panel>
  );
}

function Drivers({ found }: { found: NonNullable<Insight['contributions']> }) {
  const { t } = useI18n();
  const words = t.understanding;
  const unit = words.unit[found.unit] ?? '';
  const features = useMemo(
    () => found.features.map((one) => ({ ...one, feature: words.made(one.feature) })),
    [found.features, words],
  );
  return (
    <Panel title={words.contributions} hint={words.contributionsHint(found.model_id)}>
      <SwarmChart
        features={features}
        axisName={found.toward === null ? unit : words.toward(unit, found.toward)}
        label={words.contributionsLabel(features.length)}
      />
      {found.rows.length > 0 && <Reasons rows={found.rows} />}
    </Panel>
  );
}

function Reasons({ rows }: { rows: NonNullable<Insight['contributions']>['rows'] }) {
  const { t, locale } = useI18n();
  const words = t.understanding;
  const [chosen, setChosen] = useState('0');
  const row = rows[Number(chosen)] ?? rows[0]!;
  return (
    <>
      <div className={classes.reasonsHead}>
        <h3 className={classes.part}>{words.reasons}</h3>
        <Select
          size="xs"
          aria-label={words.reasonsOf}
          allowDeselect={false}
          searchable
          data={rows.map(({ row: name }, at) => ({ value: String(at), label: `${words.reasonsOf} ${name}` }))}
          value={chosen}
          onChange={(value) => setChosen(value ?? '0')}
        />
      </div>
      <div className={ui.scroll} tabIndex={0} role="group" aria-label={words.reasons}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th scope="col">{words.feature}</th>
              <th scope="col">{words.value}</th>
              <th scope="col" className={ui.right}>
                {words.contribution}
              </th>
            </tr>
          </thead>
          <tbody>
            {row.reasons.map((reason) => (
              <tr key={reason.feature}>
                <td className={classes.cell}>{words.made(reason.feature)}</td>
                <td className={classes.cell}>{reason.value === '' ? '–' : reason.value}</td>
                <td className={ui.right}>{signed(reason.contribution, locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Dependence({ curves }: { curves: Insight['dependence'] }) {
  const { t } = useI18n();
  const words = t.understanding;
  return (
    <Panel title={words.dependence} hint={words.dependenceHint}>
      <div className={classes.curves}>
        {curves.map((curve) => (
          <Curve key={curve.feature} curve={curve} />
        ))}
      </div>
    </Panel>
  );
}

function Curve({ curve }: { curve: Insight['dependence'][number] }) {
  const { t, locale } = useI18n();
  const words = t.understanding;
  const places = useMemo(
    () => (curve.kind === 'category' ? curve.grid : curve.grid.map((place) => rounded(place, locale))),
    [curve, locale],
  );
  const lines = useMemo(
    () => curve.lines.map(({ label, values }) => ({ name: label ?? words.prediction, values })),
    [curve, words],
  );
  const kind = curve.kind === 'category' ? 'bars' : 'order';
  return (
    <div>
      <h3 className={classes.part}>{curve.feature}</h3>
      <LinesChart places={places} lines={lines} kind={kind} label={words.dependenceLabel(curve.feature)} />
    </div>
  );
}

function Learning({ curve }: { curve: LearningCurve }) {
  const { t, locale } = useI18n();
  const words = t.understanding;
  const { metric, model_id, points } = curve;
  // Each size has a fold more than the one before: even places show them nearly to scale.
  const places = useMemo(() => points.map(({ rows }) => number(rows, locale)), [points, locale]);
  const lines = useMemo(
    () => [
      { name: words.notSeen, values: points.map(({ validated }) => validated) },
      { name: words.training, values: points.map(({ training }) => training) },
    ],
    [points, words],
  );
  return (
    <Panel title={words.learning} hint={words.learningHint(metricName(metric), model_id)}>
      <LearningVerdict curve={curve} />
      <LinesChart places={places} lines={lines} axisName={words.rows} label={words.learningLabel(points.length)} />
    </Panel>
  );
}

/** What the curve's end says, in one sentence. */
function LearningVerdict({ curve }: { curve: LearningCurve }) {
  const { t, locale } = useI18n();
  const step = lastStep(curve);
  if (!step) return null;
  const say = step.helps ? t.understanding.moreRowsHelp : t.understanding.moreRowsHardlyHelp;
  const told = ({ rows, score }: typeof step.before) => ({
    rows: number(rows, locale),
    score: metricValue(curve.metric, score, locale),
  });
  return <p className={classes.trust}>{say(metricName(curve.metric), told(step.before), told(step.after))}</p>;
}

function Horizons({ rows }: { rows: Insight['horizons'] }) {
  const { t } = useI18n();
  const words = t.understanding;
  const places = useMemo(() => rows.map(({ horizon }) => String(horizon)), [rows]);
  const lines = useMemo(
    () => [
      { name: words.forecast, values: rows.map(({ error }) => error) },
      { name: words.naive, values: rows.map(({ naive }) => naive) },
    ],
    [rows, words],
  );
  return (
    <Panel title={words.horizons} hint={words.horizonsHint}>
      <LinesChart places={places} lines={lines} axisName={words.steps} label={words.horizonsLabel(rows.length)} />
    </Panel>
  );
}

function Parts({ of }: { of: NonNullable<Insight['decomposition']> }) {
  const { t } = useI18n();
  const words = t.understanding;
  const dates = useMemo(() => of.points.map(({ date }) => date), [of]);
  const lines = useMemo(() => {
    const line = (part: 'observed' | 'trend' | 'seasonal' | 'remainder') => ({
      name: words[part],
      values: of.points.map((point) => point[part]),
    });
    return [[line('observed'), line('trend')], [line('seasonal')], [line('remainder')]];
  }, [of, words]);
  return (
    <Panel title={words.decomposition} hint={words.decompositionHint(of.season)}>
      {of.series !== null && <p className={classes.trust}>{of.series}</p>}
      {lines.map((drawn) => {
        const name = drawn.map((line) => line.name).join(', ');
        return (
          <div key={name}>
            <h3 className={classes.part}>{name}</h3>
            <LinesChart places={dates} lines={drawn} kind="time" label={words.partLabel(name)} />
          </div>
        );
      })}
    </Panel>
  );
}

/** A number that is written out, as short as others; what is none (a date) as it is. */
function rounded(place: string, locale: string): string {
  return Number.isFinite(Number(place)) ? number(Number(place), locale) : place;
}

function signed(value: number, locale: string): string {
  return value > 0 ? `+${number(value, locale)}` : number(value, locale);
}
