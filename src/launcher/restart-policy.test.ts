import { restartDelay } from './restart-policy';

const NOW = 10_000_000;

test.each([
  ['the first death', [NOW], 500],
  ['the third in a row', [NOW - 2000, NOW - 1000, NOW], 2000],
  ['a child that can not live', Array.from({ length: 40 }, (_, index) => NOW - 40_000 + index * 1000), 30_000],
  ['deaths long ago are forgotten', [NOW - 900_000, NOW - 800_000, NOW], 500],
])('%s', (_name, deaths, delay) => {
  expect(restartDelay(deaths, NOW)).toBe(delay);
});
