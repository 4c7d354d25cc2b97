import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Analytics } from '../api/get-analytics';
import classes from './analytics.module.css';

type Days = Analytics['by_day'];

interface Stack {
  name: string;
  color: string;
  values: number[];
}

/** Bars a day on top of each other; what else is drawn stands over them. */
function stackedDays(days: Days, stacks: Stack[], look: { colors: ChartColors; locale: string }): EChartsCoreOption {
  const { colors, locale } = look;
  const format = (value: number) => number(value, locale);
  const base = baseOption(colors, format);
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return {
    ...base,
    // In one line that scrolls on a phone: more lines would lie over the bars.
    legend: { ...(base.legend as object), type: 'scroll' },
    tooltip: { ...(base.tooltip as object), trigger: 'axis' },
    xAxis: {
      ...{ type: 'category', data: days.map((one) => day.format(new Date(one.day))) },
      ...axis(colors),
      splitLine: { show: false },
    },
    yAxis: { type: 'value', minInterval: 1, ...axis(colors, format), scale: false },
    series: stacks.map(({ name, color, values }) => ({
      ...{ type: 'bar', stack: 'day', name, color, barMaxWidth: 28, data: values },
    })),
  };
}

/** How the jobs of each day ended, stacked. */
export function DaysChart({ days }: { days: Days }) {
  const { t, locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const [run, warn, ok, bad] = colors.series as [string, string, string, string];
      const kinds = { completed: ok, partial: warn, failed: bad, cancelled: colors.soft };
      const stacks = Object.entries(kinds).map(([key, color]) => {
        const status = key as keyof typeof kinds;
        return { name: t.status[status], color, values: days.map((one) => one[status]) };
      });
      const stacked = stackedDays(days, stacks, { colors, locale });
      const created = {
        ...{ type: 'line', name: t.analytics.created, color: run, symbol: 'none', lineStyle: { width: 1.5 } },
        data: days.map((one) => one.created),
      };
      return { ...stacked, series: [...(stacked['series'] as object[]), created] };
    },
    [days, t, locale],
  );
  const box = useChart(option);
  return <div ref={box} className={classes.chart} role="img" aria-label={t.analytics.chartLabel(days.length)} />;
}

/** What went wrong on each day, by category. */
export function ErrorsChart({ days }: { days: Days }) {
  const { t, locale } = useI18n();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const [run, warn, , bad] = colors.series as [string, string, string, string];
      const kinds = { data: run, execution: bad, model: warn, system: colors.soft };
      const stacks = Object.entries(kinds).map(([key, color]) => {
        const category = key as keyof typeof kinds;
        return { name: t.category[category], color, values: days.map((one) => one.errors[category] ?? 0) };
      });
      return stackedDays(days, stacks, { colors, locale });
    },
    [days, t, locale],
  );
  const box = useChart(option);
  return <div ref={box} className={classes.chart} role="img" aria-label={t.analytics.errorsLabel(days.length)} />;
}
