import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** A quiet blue: the one accent. White text on shade 7 has a contrast of 6.5:1. */
const accent: MantineColorsTuple = [
  '#eef4fc',
  '#dbe6f6',
  '#b4cbeb',
  '#8aaee0',
  '#6796d7',
  '#5187d1',
  '#3f74bd',
  '#2f5fa8',
  '#26508f',
  '#1a4177',
];

/** Greys with the accent's tint, so that Mantine's own surfaces match ours in the dark. */
const dark: MantineColorsTuple = [
  '#dfe4ea',
  '#b8c0ca',
  '#8f99a6',
  '#5f6a78',
  '#3c4654',
  '#2b333f',
  '#212832',
  '#191e26',
  '#12161c',
  '#0c0f14',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 7 },
  colors: { accent, dark },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  headings: { fontWeight: '620' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Inside its landmark, and with the first item focused: what assistive technology expects of a menu.
    Menu: { defaultProps: { withinPortal: false, withInitialFocusPlaceholder: false } },
    // They leave by themselves; a button without words would be one more thing to tab through.
    Notification: { defaultProps: { withCloseButton: false } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    ModalRoot: { defaultProps: { centered: true, radius: 'lg' } },
    Badge: { defaultProps: { radius: 'sm', tt: 'none' } },
  },
});

/** Mantine's quiet texts miss the AA contrast on our surfaces; these reach it. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#56606d',
    '--mantine-color-placeholder': '#667080',
    '--mantine-color-error': '#b42323',
    '--mantine-color-body': '#f6f7f9',
    '--mantine-color-text': '#1b2330',
    '--mantine-color-anchor': '#26508f',
  },
  dark: {
    '--mantine-color-dimmed': '#a3adba',
    '--mantine-color-placeholder': '#8f99a6',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-body': '#12161c',
    '--mantine-color-text': '#dfe4ea',
    '--mantine-color-anchor': '#8aaee0',
  },
});
