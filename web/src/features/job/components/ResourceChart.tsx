import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { bytes, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { ResourceView } from '../../../lib/types';
import classes from './activity.module.css';

/** Cores above, memory below, on one time axis; a container's curve is its own line. */
export function ResourceChart({ samples }: { samples: ResourceView[] }) {
  const { t, locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const size = (value: number) => bytes(value, locale);
      const amount = (value: number) => number(value, locale);
      const base = baseOption(colors, amount);
      const grid = { left: 74, right: 16 };
      const executions = [...new Set(samples.map((sample) => sample.execution_id))];
      const line = (execution: string, part: 'cpu' | 'memory_bytes') => ({
        type: 'line',
        symbol: 'none',
        name: part === 'cpu' ? t.activity.cores : t.activity.memory,
        xAxisIndex: part === 'cpu' ? 0 : 1,
        yAxisIndex: part === 'cpu' ? 0 : 1,
        color: part === 'cpu' ? colors.accent : colors.ink,
        areaStyle: { opacity: 0.08 },
        lineStyle: { width: 1.8 },
        tooltip: { valueFormatter: part === 'cpu' ? amount : size },
        data: samples
          .filter((sample) => sample.execution_id === execution)
          .map((sample) => [sample.time, sample[part]]),
      });
      const time = { type: 'time', ...axis(colors), splitLine: { show: false } };
      return {
        ...base,
        legend: { show: false },
        tooltip: { ...(base.tooltip as object), trigger: 'axis' },
        grid: [
          { ...grid, top: 30, height: 100 },
          { ...grid, top: 180, height: 100 },
        ],
        axisPointer: { link: [{ xAxisIndex: 'all' }] },
        xAxis: [
          { ...time, gridIndex: 0, axisLabel: { show: false } },
          { ...time, gridIndex: 1 },
        ],
        yAxis: [
          { type: 'value', gridIndex: 0, splitNumber: 2, name: t.activity.cores, ...named(colors, amount) },
          { type: 'value', gridIndex: 1, splitNumber: 2, name: t.activity.memory, ...named(colors, size) },
        ],
        series: executions.flatMap((execution) => [line(execution, 'cpu'), line(execution, 'memory_bytes')]),
      };
    },
    [samples, t, locale],
  );
  const box = useChart(option);
  const peak = (part: 'cpu' | 'memory_bytes') => samples.reduce((most, sample) => Math.max(most, sample[part]), 0);
  const label = t.activity.resourcesLabel(bytes(peak('memory_bytes'), locale), number(peak('cpu'), locale));
  return <div ref={box} className={classes.resources} role="img" aria-label={label} />;
}

function named(colors: ChartColors, format: (value: number) => string) {
  return { ...axis(colors, format), nameTextStyle: { color: colors.soft, align: 'left' } };
}
