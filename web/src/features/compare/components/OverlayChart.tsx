import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { nameOf, type Compared } from '../api/compare';
import classes from './compare.module.css';

/** What was observed once, and every job's forecast over it. */
export function OverlayChart({ compared }: { compared: Compared[] }) {
  const { t, locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => number(value, locale);
      const base = baseOption(colors, format);
      const line = { type: 'line', symbol: 'none' };
      const longest = compared
        .map(({ series }) => series?.actual ?? [])
        .reduce((most, one) => (one.length > most.length ? one : most), []);
      const actual = {
        ...line,
        name: t.results.actual,
        color: colors.ink,
        lineStyle: { width: 2 },
        data: longest.map((point) => [point.date, point.value]),
      };
      const forecasts = compared.flatMap(({ job, series }, at) =>
        series
          ? [
              {
                ...line,
                name: nameOf(job, at),
                color: colors.series[at % colors.series.length],
                lineStyle: { width: 2.2 },
                data: series.forecast.map((point) => [point.date, point.value]),
              },
            ]
          : [],
      );
      return {
        ...base,
        legend: { ...(base.legend as object), type: 'scroll' },
        tooltip: { ...(base.tooltip as object), trigger: 'axis' },
        xAxis: { type: 'time', ...axis(colors), splitLine: { show: false } },
        yAxis: { type: 'value', ...axis(colors, format) },
        dataZoom: [{ type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl' }],
        series: [actual, ...forecasts],
      };
    },
    [compared, t, locale],
  );
  const box = useChart(option);
  return <div ref={box} className={classes.overlay} role="img" aria-label={t.insight.overlayLabel} />;
}
