import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import classes from './results.module.css';

/** A bar's height with its gap, pixels. */
const BAR = 26;
/** Longer names are cut in the chart; the tooltip has them whole. */
const LONGEST_NAME = 28;

/** Lying bars, the first on top. */
export function BarsChart({ bars, label }: { bars: { name: string; value: number }[]; label: string }) {
  const { locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => number(value, locale);
      const cut = (name: string) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);
      return {
        ...baseOption(colors, format),
        legend: { show: false },
        grid: { left: 8, right: 20, top: 6, bottom: 8, containLabel: true },
        xAxis: { type: 'value', ...axis(colors, format), scale: false, splitNumber: 4 },
        yAxis: {
          type: 'category',
          inverse: true,
          data: bars.map((bar) => bar.name),
          ...axis(colors),
          axisLabel: { color: colors.soft, formatter: cut },
          splitLine: { show: false },
        },
        series: [{ type: 'bar', data: bars.map((bar) => bar.value), color: colors.accent, barMaxWidth: 16 }],
      };
    },
    [bars, locale],
  );
  const box = useChart(option);
  return (
    <div ref={box} className={classes.bars} style={{ height: 44 + BAR * bars.length }} role="img" aria-label={label} />
  );
}
