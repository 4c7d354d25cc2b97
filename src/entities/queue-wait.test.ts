import { estimateWait, type QueueFacts } from './queue-wait';

it.each<[name: string, position: number, facts: QueueFacts, seconds: number | null]>([
  ['the next one waits for the soonest end', 1, { running: [10, 40], typical: 60 }, 20],
  ['the second for the other slot', 2, { running: [10, 40], typical: 60 }, 50],
  ['the third for the first in line to end', 3, { running: [10, 40], typical: 60 }, 80],
  ['one slot: each before it takes its time', 4, { running: [0], typical: 30 }, 120],
  ['one that runs longer than usual may end at once', 1, { running: [500], typical: 60 }, 0],
  ['a long queue', 200, { running: [0, 0], typical: 60 }, 6000],
  ['nothing has ended yet', 1, { running: [5], typical: null }, null],
  ['nothing runs: it waits for something else', 1, { running: [], typical: 60 }, null],
])('%s', (_, position, facts, seconds) => expect(estimateWait(position, facts)).toBe(seconds));
