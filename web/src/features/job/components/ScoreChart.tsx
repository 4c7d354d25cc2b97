import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { metricValue } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { ScorePoint } from '../api/best-so-far';
import classes from './activity.module.css';

/** Each model's score as it came, and the best up to it as a line of steps. */
export function ScoreChart({ points }: { points: ScorePoint[] }) {
  const { t, locale } = useI18n();
  const metric = points[0]?.model.metric ?? null;
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => metricValue(metric, value, locale);
      const base = baseOption(colors, format);
      const best = {
        type: 'line',
        step: 'end',
        symbol: 'none',
        name: t.activity.bestSoFar,
        color: colors.accent,
        lineStyle: { width: 2.2 },
        data: points.map((point) => [point.number, point.best]),
      };
      const each = {
        type: 'scatter',
        symbolSize: 8,
        name: t.activity.eachModel,
        color: colors.muted,
        data: points.map((point) => ({ name: point.model.algorithm, value: [point.number, point.score] })),
      };
      return {
        ...base,
        tooltip: { ...(base.tooltip as object), trigger: 'item' },
        legend: { ...(base.legend as object), data: [best.name, each.name] },
        xAxis: { type: 'value', minInterval: 1, min: 1, max: 'dataMax', ...axis(colors), splitLine: { show: false } },
        yAxis: { type: 'value', ...axis(colors, format) },
        series: [best, each],
      };
    },
    [points, metric, t, locale],
  );
  const box = useChart(option);
  const best = metricValue(metric, points.at(-1)?.best, locale);
  return (
    <div ref={box} className={classes.scores} role="img" aria-label={t.activity.scoresLabel(points.length, best)} />
  );
}
