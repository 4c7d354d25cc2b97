import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { isScoreId, type ScoredRows } from '../../src/contracts/scores';
import { Installation } from './support/installation';
import { eventually } from './support/moments';

/** Rows are being scored, on the real stack with a real model, and the worker dies. */

const FAULT_TIMEOUT_MS = 300_000;
const TABLE = path.join(__dirname, '..', '..', 'examples', 'breast_cancer.csv');

let installation: Installation;
let job: string;

beforeAll(async () => {
  installation = await Installation.create('local');
  await installation.start();
  const { client } = installation;
  job = await client.createJob({
    name: 'Tumours',
    prompt: 'Predict whether the tumour is malignant',
    target_column: 'diagnosis',
    max_models: 1,
    plan: { algorithms: ['GLM'] },
  });
  await client.upload(job, TABLE);
  await installation.telling(async () => expect(await client.final(job, 250)).toMatchObject({ status: 'completed' }));
}, FAULT_TIMEOUT_MS);
afterAll(async () => await installation?.discard(), 120_000);

const known = parse(readFileSync(TABLE), { columns: true }) as Record<string, string>[];
const rows = known.slice(0, 3).map(({ diagnosis: _, ...features }) => features);
const score = async () =>
  await installation.client.json<ScoredRows>(`/jobs/${job}/score`, { method: 'POST', body: JSON.stringify({ rows }) });
const runs = async () =>
  (await installation.engine.list()).filter((run) => isScoreId(run.job_id)).map(({ name }) => name);

test(
  'worker killed while rows are scored: the run is found again, and is the only one',
  async () => {
    const seen = new Set<string>();
    const answer = score();
    await eventually('the run is there', 60, async () => (await runs()).map((name) => seen.add(name)).length > 0, 5);
    await installation.kill('worker');
    const watching = setInterval(() => void runs().then((names) => names.forEach((name) => seen.add(name))), 100);
    const scored = await installation.telling(() => answer).finally(() => clearInterval(watching));
    expect(scored.rows).toBe(3);
    expect([...seen].map((name) => name.slice(-3))).toEqual(['-i1']);
    await eventually('nothing is left at the engine', 30, async () => (await runs()).length === 0);
    expect((await score()).first_rows).toEqual(scored.first_rows);
  },
  FAULT_TIMEOUT_MS,
);
