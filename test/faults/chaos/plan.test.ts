import { VICTIMS, planOf } from './plan';

test('the same seed gives the same plan, another seed another', () => {
  expect(planOf(7, 1200)).toEqual(planOf(7, 1200));
  expect(planOf(8, 1200)).not.toEqual(planOf(7, 1200));
});

test('twenty minutes see every kind of victim, one each 20 to 40 seconds', () => {
  const { kills, arrivals } = planOf(1, 1200);
  expect(new Set(kills.map((kill) => kill.victim))).toEqual(new Set(VICTIMS));
  const gaps = kills.slice(1).map((kill, index) => kill.at - kills[index]!.at);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(19);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(41);
  expect(arrivals[0]).toBe(0);
  expect(arrivals.length).toBeGreaterThan(20);
});
