import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import classes from './results.module.css';

export interface Line {
  name: string;
  values: (number | null)[];
}

const SHAPES = { time: 'line', order: 'line', bars: 'bar', points: 'scatter' } as const;

/** Lines over the same places; `time`: places are dates. What has no order is drawn as `bars`, or `points`. */
export function LinesChart(props: {
  places: string[];
  lines: Line[];
  label: string;
  axisName?: string;
  kind?: 'time' | 'order' | 'bars' | 'points';
}) {
  const { places, lines, label, axisName = '', kind = 'order' } = props;
  const { locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => number(value, locale);
      const base = baseOption(colors, format);
      const palette = [colors.accent, colors.muted, ...colors.series.slice(2)];
      const named = { name: axisName, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: colors.soft } };
      const across = { ...axis(colors), ...named, splitLine: { show: false } };
      const several = lines.length > 1;
      return {
        ...base,
        grid: { left: 8, right: 16, top: several ? 38 : 14, bottom: axisName ? 30 : 8, containLabel: true },
        legend: several ? base['legend'] : { show: false },
        tooltip: { ...(base['tooltip'] as object), trigger: 'axis' },
        xAxis: kind === 'time' ? { type: 'time', ...across } : { type: 'category', data: places, ...across },
        // A bar's length is its value: it starts at zero.
        yAxis: { type: 'value', ...axis(colors, format), scale: kind !== 'bars', splitNumber: 4 },
        series: lines.map((line, at) => ({
          name: line.name,
          type: SHAPES[kind],
          data: kind === 'time' ? line.values.map((value, place) => [places[place], value]) : line.values,
          symbol: line.values.length < 25 && kind !== 'time' ? 'circle' : 'none',
          symbolSize: kind === 'points' ? 9 : 5,
          color: palette[at % palette.length],
          barMaxWidth: 26,
          lineStyle: { width: 2 },
        })),
      };
    },
    [places, lines, axisName, kind, locale],
  );
  const box = useChart(option);
  return <div ref={box} className={classes.lines} role="img" aria-label={label} />;
}
