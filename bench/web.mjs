/**
 * The web app in a real Chromium on the real stack: the list of 10,000 jobs (paint, interactive, scrolling), the time
 * from an event's row in the database to its line on 20 screens, and a page's memory after a chatty job's hour.
 *
 * Options: --jobs N (10000), --pages N (20), --seconds N (30), --rate N (2 events a second), --hour N (18000 events:
 * five a second for an hour, written as fast as they go).
 */
import os from 'node:os';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { paintTimes, scrollFrames, watchMarks, watchPaints } from './lib/pages.mjs';
import { median, option, quantile, round, writeResult } from './lib/report.mjs';
import { startStack } from './lib/stack.mjs';

const require = createRequire(import.meta.url);
const { Database, JobRow, JobStore } = require('../dist/entities/index.js');

const LOADS = 5;
const FRAMES = 150;
const ROWS_A_WRITE = 100;
/** For the last events to be painted. */
const SETTLE_MS = 5000;
/** A main thread that was free for so long counts as free, ms. */
const QUIET_MS = 1000;
const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Finished jobs, one a minute, through the entity layer. */
async function seed(database, count) {
  const row = (at) => {
    const time = new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString();
    const score = (at * 7919) % 10_007;
    return {
      id: `seed-${String(at).padStart(5, '0')}`,
      name: `Job ${at}`,
      prompt: 'Forecast the next 12 months of sales',
      status: at % 10 === 0 ? 'failed' : 'completed',
      phase: 'final_check',
      progress: 100,
      ...{ created_at: time, updated_at: time, started_at: time, finished_at: time },
      ...{ target_column: 'sales', options: {}, metric: 'rmse', score, baseline_score: 10_007 },
      ...{ skill: 1 - score / 10_007, run_seconds: 300, models_trained: 8, run_no: 1, engine: 'local' },
    };
  };
  for (let at = 0; at < count; at += ROWS_A_WRITE) {
    const rows = Array.from({ length: Math.min(ROWS_A_WRITE, count - at) }, (_, index) => row(at + index));
    await database.write((manager) => manager.insert(JobRow, rows));
  }
}

/** @returns medians over some loads, each in a browser context of its own, so that nothing is cached. */
async function listOfJobs(browser, url) {
  const loads = [];
  let frames = [];
  for (let at = 0; at < LOADS; at += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(watchPaints);
    await page.goto(`${url}/app`);
    await page.locator('tbody tr[data-index]').first().waitFor();
    const rows = await page.evaluate(() => performance.now());
    await delay(QUIET_MS);
    const { fcp, lastLongTask } = await page.evaluate(paintTimes);
    loads.push({ fcp, interactive: Math.max(rows, lastLongTask) });
    if (at === LOADS - 1) frames = await page.evaluate(scrollFrames, FRAMES);
    await context.close();
  }
  return {
    first_contentful_paint_ms: round(median(loads.map(({ fcp }) => fcp))),
    interactive_ms: round(median(loads.map(({ interactive }) => interactive))),
    interactive_means: `rows are there and the last task of over 50 ms has ended, ${QUIET_MS} ms looked at`,
    scroll: {
      frames: frames.length,
      median_ms: round(median(frames)),
      p95_ms: round(quantile(frames, 0.95)),
      worst_ms: round(Math.max(...frames)),
    },
  };
}

function line(key, message) {
  return { key, message, level: 'INFO', timestamp: new Date().toISOString() };
}

/** Reads the same stream without a screen: what of the delay is the server's. @returns its delays, ms. */
async function listen(address, signal) {
  const delays = [];
  const answer = await fetch(address, { signal });
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body) {
      for (const [, at] of decoder.decode(chunk, { stream: true }).matchAll(/mark \d+ at (\d{13})/g)) {
        delays.push(Date.now() - Number(at));
      }
    }
  };
  const ended = read().catch(() => undefined);
  return { delays, ended };
}

/** Every page is a screen of its own: a context with its own connections. */
async function eventDelay(browser, { url, store, job, pages, seconds, rate }) {
  const open = [];
  for (let at = 0; at < pages; at += 1) {
    const page = await (await browser.newContext({ viewport: { width: 1200, height: 800 } })).newPage();
    await page.addInitScript(watchPaints);
    await page.goto(`${url}/app/jobs/${job}?tab=logs`);
    await page.getByText('begins', { exact: true }).waitFor();
    await page.evaluate(watchMarks);
    open.push(page);
  }
  const closing = new AbortController();
  const stream = await listen(`${url}/jobs/${job}/events?after=1`, closing.signal);
  const written = seconds * rate;
  for (let number = 0; number < written; number += 1) {
    const due = delay(1000 / rate);
    await store.appendLogs(job, [line(`mark ${number}`, `mark ${number} at ${Date.now()}`)]);
    await due;
  }
  await delay(SETTLE_MS);
  closing.abort();
  await stream.ended;
  const delays = (await Promise.all(open.map((page) => page.evaluate(() => globalThis.bench.marks)))).flat();
  for (const page of open) await page.context().close();
  return {
    ...{ pages, events: written, seen: delays.length, expected: written * pages },
    p50_ms: round(median(delays)),
    p95_ms: round(quantile(delays, 0.95)),
    worst_ms: round(Math.max(...delays)),
    measured: 'from before the write of the row to after the frame that shows it',
    stream: {
      p50_ms: round(median(stream.delays)),
      p95_ms: round(quantile(stream.delays, 0.95)),
      measured: 'to a reader of the stream that has no screen, beside the pages',
    },
  };
}

/** JS heap after a collection, MB. */
async function heapOf(devtools) {
  await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  return round(metrics.find(({ name }) => name === 'JSHeapUsedSize').value / 1e6);
}

async function memoryOfHour(browser, { url, store, job, events }) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${url}/app/jobs/${job}?tab=logs`);
  await page.getByText('begins', { exact: true }).waitFor();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable');
  const before_mb = await heapOf(devtools);
  for (let at = 0; at < events; at += ROWS_A_WRITE) {
    const rows = Array.from({ length: Math.min(ROWS_A_WRITE, events - at) }, (_, index) =>
      line(`hour ${at + index}`, `Model ${at + index}: RMSE ${(at * 7919 + index) % 10_007} after a fold of training`),
    );
    await store.appendLogs(job, rows);
  }
  await store.appendLogs(job, [line('over', 'the hour is over')]);
  await page.getByText('the hour is over').waitFor({ timeout: 300_000 });
  const after_mb = await heapOf(devtools);
  const dom_nodes = await page.evaluate('document.querySelectorAll("*").length');
  await context.close();
  return {
    events,
    compressed: 'the number of events of an hour, written as fast as they go',
    before_mb,
    after_mb,
    dom_nodes,
  };
}

export async function main(args) {
  const number = (name, otherwise) => Number(option(args, name, String(otherwise)));
  const jobs = number('jobs', 10_000);
  const executablePath = CHROMIUM.find((path) => path && existsSync(path));
  const stack = await startStack({ EXECUTION_ENGINE: 'local' });
  const database = await Database.open(stack.config.databaseUrl);
  const browser = await chromium.launch({ executablePath, args: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
  const loads = [];
  const load = (part) => loads.push({ part, load_average: round(os.loadavg()[0]) });
  try {
    const { url } = stack;
    const store = new JobStore(database, { temporalUiUrl: url, namespace: 'default' });
    await seed(database, jobs);
    load('before');
    const list = await listOfJobs(browser, url);
    load('list');
    console.log('the list:', list);
    // Never uploaded to, so no workflow runs: all its events are ours.
    const chatty = async (name) => {
      const { id } = await store.createJob({ name, prompt: 'Forecast the next 14 days' });
      await store.appendLogs(id, [line('begins', 'begins')]);
      return id;
    };
    const measured = { pages: number('pages', 20), seconds: number('seconds', 30), rate: number('rate', 2) };
    const event_to_screen = await eventDelay(browser, { url, store, job: await chatty('Watched'), ...measured });
    load('events');
    console.log('event to screen:', event_to_screen);
    const hour = number('hour', 18_000);
    const memory = await memoryOfHour(browser, { url, store, job: await chatty('An hour'), events: hour });
    load('memory');
    console.log('memory:', memory);
    writeResult('web', ['npm run bench -- web', ...args].join(' '), {
      peer: 'the goal: p95 under 500 ms from event to screen with 20 open pages',
      chromium: browser.version(),
      jobs,
      list,
      event_to_screen,
      memory,
      load_average: loads,
      priority: os.getPriority(),
    });
  } finally {
    await browser.close();
    await database.close();
    await stack.stop();
  }
}
