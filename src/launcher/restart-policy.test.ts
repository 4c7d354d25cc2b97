import { restartDelay } from './restart-policy';

test.each([
  ['a first, short life', [800], 500],
  ['the third in a row', [900, 1000, 800], 2000],
  ['a child that can not live', Array.from({ length: 40 }, () => 700), 30_000],
  ['a long life, whatever came before', [700, 700, 700, 60_000], 500],
  ['lives that end long after they began, however often', [30_000, 25_000, 40_000, 20_000], 500],
])('%s', (_name, lives, delay) => {
  expect(restartDelay(lives)).toBe(delay);
});
