/**
 * 200 jobs submitted at once to an installation with two slots: all must end, in the order they came, while the API
 * stays quick and no process grows. Trainings are replaced by a stand-in that hands out what one real job left.
 *
 * Options: --jobs N (200), --slots N (2), --rate N (100 requests a second).
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { recordStandIn } from './jobs/stand-in.mjs';
import { memoryOf } from './lib/memory.mjs';
import { median, option, quantile, round, writeResult } from './lib/report.mjs';
import { getJson, startStack, submit } from './lib/stack.mjs';

const data = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'examples', 'bike_sharing_daily.csv');
const JOB = {
  prompt: 'Forecast the total rentals for the next 14 days',
  target_column: 'total_rentals',
  max_models: 2,
  seed: 11,
};
/** Clients that submit side by side. */
const CLIENTS = 8;
const GIVE_UP_SECONDS = 3000;

export async function main(args) {
  const jobs = Number(option(args, 'jobs', '200'));
  const slots = option(args, 'slots', '2');
  const rate = Number(option(args, 'rate', '100'));
  console.log('Recording one real job …');
  const standIn = await recordStandIn(data, { ...JOB, name: 'recorded' });
  const stack = await startStack({
    EXECUTION_ENGINE: 'local',
    EXECUTION_SLOTS: slots,
    PYTHON_RUNTIME: standIn.python,
  });
  const watching = new AbortController();
  try {
    const began = performance.now();
    const ids = await submitAll(stack, jobs);
    const submit_seconds = round((performance.now() - began) / 1000);
    console.log(`${jobs} jobs submitted in ${submit_seconds} s`);
    const latencies = poll(stack, ids, { rate, signal: watching.signal });
    const memory = watchMemory(stack, watching.signal);
    const ends = await untilAllFinal(stack, jobs);
    const seconds = round((performance.now() - began) / 1000);
    watching.abort();
    const figures = {
      peer: 'the goals: every job ends, in the order they came; p99 under 100 ms; memory flat',
      stand_in: 'scripts hand out the outputs of one real job after 0.3 s; all else is real',
      jobs,
      slots: Number(slots),
      ends,
      submit_seconds,
      seconds,
      order: await order(stack, ids),
      api: figuresOf(await latencies),
      memory_mb: await memory,
    };
    console.log(JSON.stringify(figures, null, 2));
    writeResult('jobs', `npm run bench -- jobs --jobs ${jobs} --slots ${slots} --rate ${rate}`, figures);
  } finally {
    watching.abort();
    await stack.stop();
    rmSync(standIn.folder, { recursive: true, force: true });
  }
}

/** @returns ids in the order in which their uploads were taken */
async function submitAll(stack, jobs) {
  const ids = [];
  let next = 0;
  const client = async () => {
    while (next < jobs) {
      const name = `job ${next++}`;
      ids.push((await submit(stack, data, { ...JOB, name })).id);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return ids;
}

/** Asks for one job after another at a steady rate. @returns milliseconds of each answer */
async function poll(stack, ids, { rate, signal }) {
  const latencies = [];
  const asked = [];
  for (let index = 0; !signal.aborted; index += 1) {
    const ask = async () => {
      const began = performance.now();
      await getJson(`${stack.url}/jobs/${ids[index % ids.length]}`);
      latencies.push(performance.now() - began);
    };
    asked.push(ask().catch(() => latencies.push(Number.POSITIVE_INFINITY)));
    await delay(1000 / rate);
  }
  await Promise.all(asked);
  return latencies;
}

function figuresOf(latencies) {
  return {
    requests: latencies.length,
    failed: latencies.filter((each) => each === Number.POSITIVE_INFINITY).length,
    p50_ms: round(quantile(latencies, 0.5)),
    p99_ms: round(quantile(latencies, 0.99)),
  };
}

/** Each process's memory in the first and the last fifth of the time: flat means that they are alike. */
async function watchMemory(stack, signal) {
  const samples = [];
  while (!signal.aborted) {
    samples.push(memoryOf(stack));
    await delay(2000, undefined, { signal }).catch(() => undefined);
  }
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const of = (part, name) => median(part.map((sample) => sample[name]));
  return Object.fromEntries(
    Object.keys(samples[0]).map((name) => [
      name,
      {
        early: of(samples.slice(fifth, 2 * fifth), name),
        late: of(samples.slice(-fifth), name),
        most: Math.max(...samples.map((sample) => sample[name])),
      },
    ]),
  );
}

async function untilAllFinal(stack, jobs) {
  const giveUp = Date.now() + GIVE_UP_SECONDS * 1000;
  for (;;) {
    const all = await getJson(`${stack.url}/jobs?limit=500`);
    const final = all.filter((job) => job.final);
    if (final.length === jobs || Date.now() > giveUp) {
      const counts = {};
      for (const { status } of all) counts[status] = (counts[status] ?? 0) + 1;
      return counts;
    }
    process.stdout.write(`\r${final.length} of ${jobs} `);
    await delay(3000);
  }
}

/** How far each job's training began from its place in the queue. */
async function order(stack, ids) {
  const begun = [];
  for (const [place, id] of ids.entries()) {
    const { executions } = await getJson(`${stack.url}/jobs/${id}/timeline`);
    const training = executions.find((run) => run.phase === 'training');
    if (training) begun.push({ place, at: training.started_at });
  }
  begun.sort((one, other) => (one.at < other.at ? -1 : 1));
  const shifts = begun.map(({ place }, index) => Math.abs(place - index));
  return { median_shift: median(shifts), p95_shift: quantile(shifts, 0.95), largest_shift: Math.max(...shifts) };
}
