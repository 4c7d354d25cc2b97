import { mkdtempSync, openAsBlob, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const require = createRequire(import.meta.url);
const { loadConfig } = require('../../dist/config.js');
const { launch } = require('../../dist/launcher/stack.js');

/** The real stack from the build, in a data folder of its own and on free ports. */
export async function startStack(env = {}) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'automl-bench-'));
  const environment = { ...process.env, ...env, DATA_DIR: dataDir };
  const config = loadConfig(environment);
  const stack = await launch(config, { environment, busyPorts: 'take_another', say: () => undefined });
  return {
    url: stack.urls.app,
    dataDir,
    config,
    async stop() {
      await stack.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function getJson(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

/** Makes a job and uploads its file. @returns its id and when the upload began, by this machine's clock. */
export async function submit(stack, file, job) {
  const made = await fetch(`${stack.url}/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(job),
  });
  if (!made.ok) throw new Error(await made.text());
  const { job_id: id } = await made.json();
  const form = new FormData();
  form.set('file', await openAsBlob(file), path.basename(file));
  const began = performance.now();
  const answer = await fetch(`${stack.url}/jobs/${id}/upload`, { method: 'POST', body: form });
  if (!answer.ok) throw new Error(await answer.text());
  return { id, began };
}

/** Waits until the job is final. @returns the job and the seconds from upload to then. */
export async function untilFinal(stack, { id, began }, pauseMs = 100) {
  for (;;) {
    const job = await getJson(`${stack.url}/jobs/${id}`);
    if (job.final) return { job, seconds: (performance.now() - began) / 1000 };
    await delay(pauseMs);
  }
}
