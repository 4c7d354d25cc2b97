import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use as register, type EChartsCoreOption } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

register([
  BarChart,
  LineChart,
  ScatterChart,
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  CanvasRenderer,
]);

/** The app's colours as the charts use them, in the present scheme. */
export interface ChartColors {
  ink: string;
  soft: string;
  line: string;
  surface: string;
  accent: string;
  muted: string;
  /** Told apart from each other and from `ink`. */
  series: string[];
}

function colors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: read('--mantine-color-text'),
    soft: read('--ink-soft'),
    line: read('--line'),
    surface: read('--surface'),
    accent: read('--run'),
    muted: read('--warn'),
    series: ['--run', '--warn', '--ok', '--bad', '--ink-soft'].map(read),
  };
}

/** Draws `option` into the returned element's box; redrawn when the data, the scheme or the box's size changes. */
export function useChart(option: (colors: ChartColors) => EChartsCoreOption) {
  const box = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme();
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const chart = init(element);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.setOption({ animation: !still, ...option(colors()) });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [option, scheme]);
  return box;
}

/** What both charts share: type, axes, grid and tooltip in the app's own look. */
export function baseOption(colors: ChartColors, format: (value: number) => string): EChartsCoreOption {
  return {
    textStyle: { fontFamily: "'Inter Variable', system-ui, sans-serif", color: colors.soft },
    grid: { left: 8, right: 16, top: 44, bottom: 12, containLabel: true },
    tooltip: {
      confine: true,
      backgroundColor: colors.surface,
      borderColor: colors.line,
      textStyle: { color: colors.ink, fontSize: 13 },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? format(value) : '–'),
    },
    legend: { top: 4, left: 0, itemWidth: 26, itemHeight: 8, textStyle: { color: colors.soft } },
  };
}

export function axis(colors: ChartColors, format?: (value: number) => string) {
  return {
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: false },
    axisLabel: { color: colors.soft, hideOverlap: true, ...(format && { formatter: format }) },
    splitLine: { lineStyle: { color: colors.line, type: 'dashed' as const } },
    scale: true,
  };
}
