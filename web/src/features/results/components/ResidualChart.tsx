import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Bin } from '../api/residuals';
import classes from './results.module.css';

/** How often which error was made; a good model's bars stand around zero. */
export function ResidualChart({ bins }: { bins: Bin[] }) {
  const { t, locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => number(value, locale);
      const base = baseOption(colors, format);
      return {
        ...base,
        legend: { show: false },
        grid: { left: 8, right: 16, top: 16, bottom: 34, containLabel: true },
        tooltip: { ...(base.tooltip as object), trigger: 'axis' },
        xAxis: {
          type: 'category',
          name: t.insight.error,
          nameLocation: 'middle',
          nameGap: 28,
          nameTextStyle: { color: colors.soft },
          data: bins.map((bin) => format((bin.from + bin.to) / 2)),
          ...axis(colors),
          splitLine: { show: false },
        },
        yAxis: { type: 'value', minInterval: 1, ...axis(colors, format), scale: false },
        series: [
          {
            type: 'bar',
            name: t.insight.rows,
            barCategoryGap: '8%',
            color: colors.accent,
            data: bins.map((bin) => bin.count),
          },
        ],
      };
    },
    [bins, t, locale],
  );
  const box = useChart(option);
  return <div ref={box} className={classes.chart} role="img" aria-label={t.insight.residualsLabel(bins.length)} />;
}
