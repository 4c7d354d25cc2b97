import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import classes from './results.module.css';

/** Predicted against actual; a point on the diagonal was predicted exactly. */
export function ScatterChart({ pairs }: { pairs: [actual: number, predicted: number][] }) {
  const { t, locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => number(value, locale);
      const values = pairs.flat();
      const low = values.reduce((a, b) => Math.min(a, b));
      const high = values.reduce((a, b) => Math.max(a, b));
      const named = { nameLocation: 'middle' as const, nameTextStyle: { color: colors.soft } };
      return {
        ...baseOption(colors, format),
        legend: { show: false },
        grid: { left: 34, right: 20, top: 16, bottom: 30, containLabel: true },
        xAxis: { type: 'value', name: t.results.actual, nameGap: 28, ...named, ...axis(colors, format) },
        yAxis: { type: 'value', name: t.results.predicted, nameGap: 52, ...named, ...axis(colors, format) },
        series: [
          {
            type: 'scatter',
            data: pairs,
            large: true,
            symbolSize: 6,
            itemStyle: { color: colors.accent, opacity: 0.55 },
            markLine: {
              silent: true,
              symbol: 'none',
              label: { show: false },
              lineStyle: { color: colors.soft, type: 'dashed' },
              data: [[{ coord: [low, low] }, { coord: [high, high] }]],
            },
          },
        ],
      };
    },
    [pairs, t, locale],
  );
  const box = useChart(option);
  return (
    <div ref={box} className={classes.chart} role="img" aria-label={`${t.results.scatter}. ${t.results.chartTable}`} />
  );
}
