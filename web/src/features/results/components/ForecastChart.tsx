import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { ChartSeries, Point } from '../api/predictions';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import classes from './results.module.css';

const pairs = (points: Point[]) => points.map((point) => [point.date, point.value]);

/** Backtest and future of one series, with the interval as a band; wheel, pinch and drag move it. */
export function ForecastChart({ series }: { series: ChartSeries }) {
  const { t, locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => number(value, locale);
      const base = baseOption(colors, format);
      // A finger's drag scrolls the page; only a mouse's moves the chart.
      const coarse = matchMedia('(pointer: coarse)').matches;
      const line = { type: 'line' as const, symbol: series.forecast.length < 3 ? 'circle' : 'none' };
      const lines = [
        { ...line, name: t.results.actual, data: pairs(series.actual), color: colors.ink, lineStyle: { width: 2 } },
        {
          ...line,
          name: t.results.backtest,
          data: pairs(series.backtest),
          color: colors.accent,
          lineStyle: { width: 1.8, type: [5, 4] },
        },
        {
          ...line,
          name: t.results.naiveLine,
          data: pairs(series.naive),
          color: colors.muted,
          lineStyle: { width: 1.4, type: [2, 3] },
        },
        {
          ...line,
          name: t.results.forecast,
          data: pairs(series.forecast),
          color: colors.accent,
          lineStyle: { width: 2.6 },
        },
      ].filter((one) => one.data.length > 0);
      return {
        ...base,
        tooltip: { ...(base.tooltip as object), trigger: 'axis' },
        legend: { ...(base.legend as object), data: lines.map((one) => one.name) },
        xAxis: { type: 'time', ...axis(colors), splitLine: { show: false } },
        yAxis: { type: 'value', ...axis(colors, format) },
        dataZoom: [{ type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: !coarse }],
        series: [...band(series, colors, t.results.interval), ...bridge(series, colors), ...lines],
      };
    },
    [series, t, locale],
  );
  const box = useChart(option);
  return (
    <div ref={box} className={classes.chart} role="img" aria-label={`${t.results.chart}. ${t.results.chartTable}`} />
  );
}

/** Between lower and upper, drawn as an invisible floor with a tinted difference stacked on it. */
function band(series: ChartSeries, colors: ChartColors, name: string) {
  if (series.lower.length === 0 || series.lower.length !== series.upper.length) return [];
  const common = {
    type: 'line' as const,
    name,
    stack: 'interval',
    stackStrategy: 'all' as const,
    symbol: 'none',
    silent: true,
  };
  const height = series.lower.map((point, at) => [point.date, (series.upper[at]?.value ?? point.value) - point.value]);
  return [
    { ...common, data: pairs(series.lower), lineStyle: { opacity: 0 }, tooltip: { show: false } },
    {
      ...common,
      data: height,
      lineStyle: { opacity: 0 },
      areaStyle: { color: colors.accent, opacity: 0.15 },
      tooltip: { show: false },
    },
  ];
}

/** From the last observation to the first forecast, so that the eye does not stumble; it is no value of its own. */
function bridge(series: ChartSeries, colors: ChartColors) {
  const [from, to] = [series.actual.at(-1), series.forecast[0]];
  if (!from || !to) return [];
  const style = { color: colors.accent, width: 1.4, opacity: 0.6 };
  return [
    { type: 'line', data: pairs([from, to]), symbol: 'none', silent: true, lineStyle: style, tooltip: { show: false } },
  ];
}
