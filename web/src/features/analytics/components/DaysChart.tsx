import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Analytics } from '../api/get-analytics';
import classes from './analytics.module.css';

/** How the jobs of each day ended, stacked. */
export function DaysChart({ days }: { days: Analytics['by_day'] }) {
  const { t, locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => number(value, locale);
      const base = baseOption(colors, format);
      const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
      const [run, warn, ok, bad] = colors.series;
      const kinds = [
        { key: 'completed', color: ok },
        { key: 'partial', color: warn },
        { key: 'failed', color: bad },
        { key: 'cancelled', color: colors.soft },
      ] as const;
      return {
        ...base,
        tooltip: { ...(base.tooltip as object), trigger: 'axis' },
        xAxis: {
          ...{ type: 'category', data: days.map((one) => day.format(new Date(one.day))) },
          ...axis(colors),
          splitLine: { show: false },
        },
        yAxis: { type: 'value', minInterval: 1, ...axis(colors, format), scale: false },
        series: [
          ...kinds.map(({ key, color }) => ({
            ...{ type: 'bar', stack: 'ended', name: t.status[key], color, barMaxWidth: 28 },
            data: days.map((one) => one[key]),
          })),
          {
            ...{ type: 'line', name: t.analytics.created, color: run, symbol: 'none', lineStyle: { width: 1.5 } },
            data: days.map((one) => one.created),
          },
        ],
      };
    },
    [days, t, locale],
  );
  const box = useChart(option);
  return <div ref={box} className={classes.chart} role="img" aria-label={t.analytics.chartLabel(days.length)} />;
}
