import type { EChartsCoreOption } from 'echarts/core';
import { useCallback, useMemo } from 'react';
import { axis, baseOption, useChart, type ChartColors } from '../../../lib/charts/use-chart';
import { number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Insight } from '../../../lib/types';
import { swarm } from '../api/insight';
import classes from './results.module.css';

const ROW = 38;
const LONGEST_NAME = 24;

interface Props {
  features: NonNullable<Insight['contributions']>['features'];
  axisName: string;
  label: string;
}

/** A row of points for each feature: to the right it raised the prediction, darker is a higher value. */
export function SwarmChart({ features, axisName, label }: Props) {
  const { locale } = useI18n();
  const points = useMemo(() => swarm(features), [features]);
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const format = (value: number) => number(value, locale);
      const names = features.map((one) => one.feature).reverse();
      const cut = (name: string) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);
      const named = (place: number) => (Number.isInteger(place) ? cut(names[place] ?? '') : '');
      return {
        ...baseOption(colors, format),
        legend: { show: false },
        tooltip: { show: false },
        grid: { left: 8, right: 20, top: 6, bottom: 30, containLabel: true },
        xAxis: {
          type: 'value',
          name: axisName,
          nameLocation: 'middle',
          nameGap: 28,
          nameTextStyle: { color: colors.soft },
          ...axis(colors, format),
        },
        yAxis: {
          type: 'value',
          min: -0.5,
          max: names.length - 0.5,
          interval: 0.5,
          ...axis(colors, named),
          axisLabel: { color: colors.soft, formatter: named },
          splitLine: { show: false },
        },
        series: [
          {
            type: 'scatter',
            symbolSize: 6,
            data: points.map(({ contribution, row, height }) => ({
              value: [contribution, row],
              itemStyle: {
                color: height === null ? colors.soft : colors.accent,
                opacity: 0.25 + 0.7 * (height ?? 0.4),
              },
            })),
          },
        ],
      };
    },
    [features, points, axisName, locale],
  );
  const box = useChart(option);
  const height = 60 + ROW * features.length;
  return <div ref={box} className={classes.bars} style={{ height }} role="img" aria-label={label} />;
}
