/**
 * `GET /jobs/{id}` under 50 concurrent pollers while that job trains: latency, requests a second, memory of each
 * process. Closed loop: each poller asks again when it was answered, as fast as it can, then at 200 a second in all.
 *
 * Options: --seconds N (15 a part), --pollers N (50).
 */
import http from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { memoryOf } from './lib/memory.mjs';
import { option, quantile, round, writeResult } from './lib/report.mjs';
import { getJson, startStack, submit } from './lib/stack.mjs';

const data = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'examples', 'bike_sharing_daily.csv');
const PACED_RATE = 200;

/** Polls until the time is up. @returns milliseconds of each answer. */
async function poll(url, { pollers, seconds, everyMs }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: pollers });
  const until = performance.now() + seconds * 1000;
  const latencies = [];
  const get = () =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      http
        .get(url, { agent }, (answer) => {
          answer.resume();
          answer.on('end', () => {
            if (answer.statusCode !== 200) return reject(new Error(`answered ${answer.statusCode}`));
            latencies.push(performance.now() - began);
            resolve();
          });
        })
        .on('error', reject);
    });
  const poller = async (index) => {
    await delay((everyMs * index) / pollers);
    while (performance.now() < until) {
      const began = performance.now();
      await get();
      await delay(Math.max(0, everyMs - (performance.now() - began)));
    }
  };
  await Promise.all(Array.from({ length: pollers }, (_, index) => poller(index)));
  agent.destroy();
  return {
    requests_a_second: round(latencies.length / seconds),
    p50_ms: round(quantile(latencies, 0.5)),
    p99_ms: round(quantile(latencies, 0.99)),
    max_ms: round(Math.max(...latencies)),
  };
}

export async function main(args) {
  const seconds = Number(option(args, 'seconds', '15'));
  const pollers = Number(option(args, 'pollers', '50'));
  const stack = await startStack({ EXECUTION_ENGINE: 'local' });
  try {
    const { id } = await submit(stack, data, {
      name: 'polled',
      prompt: 'Forecast the next 14 days',
      target_column: 'total_rentals',
      max_models: 60,
    });
    const url = `${stack.url}/jobs/${id}`;
    while ((await getJson(url)).models_trained < 1) await delay(200);
    const paced = await poll(url, { pollers, seconds, everyMs: (pollers / PACED_RATE) * 1000 });
    const unpaced = await poll(url, { pollers, seconds, everyMs: 0 });
    const job = await getJson(url);
    const memory_mb = memoryOf(stack);
    console.log(`paced at ${PACED_RATE}/s:`, paced, '\nas fast as it goes:', unpaced, '\nmemory, MB:', memory_mb);
    if (job.final) throw new Error('The training ended before the measurement: raise max_models.');
    writeResult('api', `npm run bench -- api --seconds ${seconds} --pollers ${pollers}`, {
      peer: 'the goal: p99 under 50 ms at 200 requests a second while a job trains',
      pollers,
      paced,
      unpaced,
      memory_mb,
    });
    await fetch(`${url}/cancel`, { method: 'POST' });
  } finally {
    await stack.stop();
  }
}
