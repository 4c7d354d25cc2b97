import { boundedBy, estimateRun, type EndedRun, type RunSize } from './run-estimate';

const WANTED: RunSize = { bytes: 10_000, max_models: 10, max_runtime_secs: null, search: 1 };
const run = (seconds: number, other: Partial<EndedRun> = {}): EndedRun => ({ ...WANTED, seconds, ...other });

it.each<[name: string, ended: EndedRun[], least: number | null, most: number | null, jobs: number]>([
  ['nothing has run yet', [], null, null, 0],
  ['one that was the same', [run(90)], 90, 90, 1],
  ['several', [run(90), run(60), run(120)], 60, 120, 3],
  ['a table up to four times larger counts', [run(90), run(300, { bytes: 40_000 })], 90, 300, 2],
  ['a larger one is another kind of job', [run(300, { bytes: 40_001 })], null, null, 0],
  ['so is a smaller one', [run(3, { bytes: 2499 })], null, null, 0],
  ['and one of many more models', [run(900, { max_models: 41 })], null, null, 0],
  ['drafts multiply the models', [run(400, { search: 4 }), run(900, { search: 5 })], 400, 400, 1],
  ['a time limit makes it another kind', [run(60, { max_runtime_secs: 60 })], null, null, 0],
  ['the most alike count, not all', [...Array<EndedRun>(8).fill(run(70)), run(200, { bytes: 20_000 })], 70, 70, 8],
])('%s', (_, ended, least, most, jobs) => {
  const seconds = least === null || most === null ? null : { least, most };
  expect(estimateRun(WANTED, ended)).toEqual({ seconds, jobs });
});

it('of runs with a time limit, those with a like one', () => {
  const wanted = { ...WANTED, max_runtime_secs: 600 };
  const ended = [run(500, { max_runtime_secs: 500 }), run(60, { max_runtime_secs: 60 }), run(9000)];
  expect(estimateRun(wanted, ended)).toEqual({ seconds: { least: 500, most: 500 }, jobs: 1 });
});

it.each([
  [{}, { max_models: 10, max_runtime_secs: null }],
  [
    { max_models: 500, max_runtime_secs: 60 },
    { max_models: 10, max_runtime_secs: 60 },
  ],
])('%j is bounded by the installation', (asked, bounds) => {
  expect(boundedBy(asked, { max_models: 10, max_runtime_secs: null })).toEqual(bounds);
});
