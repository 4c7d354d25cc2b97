import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { percent } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import classes from './results.module.css';

interface Props {
  /** Shares between 0 and 1. */
  points: [x: number, y: number][];
  /** Where the chosen threshold stands. */
  marked: [x: number, y: number] | null;
  names: { x: string; y: string };
  label: string;
  /** The line of guessing, from corner to corner. */
  diagonal?: boolean;
  /** Each point is measured, and few there are: they are shown. */
  dots?: boolean;
}

export function CurveChart({ points, marked, names, label, diagonal = false, dots = false }: Props) {
  const { locale } = useI18n();
  const { x, y } = names;
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => percent(value, locale);
      const named = (name: string, nameGap: number) => ({
        type: 'value',
        min: 0,
        max: 1,
        name,
        nameGap,
        nameLocation: 'middle',
        nameTextStyle: { color: colors.soft },
        ...axis(colors, format),
      });
      const guess = {
        silent: true,
        symbol: 'none',
        label: { show: false },
        lineStyle: { color: colors.soft, type: 'dashed' },
        data: [[{ coord: [0, 0] }, { coord: [1, 1] }]],
      };
      return {
        ...baseOption(colors, format),
        legend: { show: false },
        grid: { left: 34, right: 16, top: 14, bottom: 30, containLabel: true },
        xAxis: named(x, 28),
        yAxis: named(y, 46),
        series: [
          {
            type: 'line',
            data: points,
            symbol: dots ? 'circle' : 'none',
            symbolSize: 7,
            color: colors.accent,
            lineStyle: { width: 2.2 },
            ...(diagonal && { markLine: guess }),
          },
          { type: 'scatter', data: marked ? [marked] : [], symbolSize: 11, color: colors.muted, silent: true },
        ],
      };
    },
    [points, marked, x, y, diagonal, dots, locale],
  );
  const box = useChart(option);
  return <div ref={box} className={classes.curve} role="img" aria-label={label} />;
}
