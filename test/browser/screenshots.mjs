/**
 * Pictures of every screen at a desk's and a phone's width, light and dark, of a running app with real jobs:
 *   npm start                                     (in another terminal)
 *   npm run screenshots -- [--url http://127.0.0.1:8006] [--out screenshots]
 */
import { mkdirSync, openAsBlob } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8006' },
    out: { type: 'string', default: 'screenshots' },
  },
});
const out = path.resolve(values.out);
const series = path.join(root, 'examples', 'bike_sharing_daily.csv');
const table = path.join(root, 'examples', 'breast_cancer.csv');

async function call(method, route, body) {
  const answer = await fetch(values.url + route, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

async function start(job, file) {
  const { job_id: id } = await call('POST', '/jobs', job);
  const form = new FormData();
  form.set('file', await openAsBlob(file), path.basename(file));
  const answer = await fetch(`${values.url}/jobs/${id}/upload`, { method: 'POST', body: form });
  if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
  return id;
}

async function until(id, holds) {
  for (;;) {
    const job = await call('GET', `/jobs/${id}`);
    if (holds(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless=new', '--no-sandbox', '--disable-gpu'],
});

/** One screen in every width and scheme; `prepare` brings it into the state that is shown. What opens over it: `fullPage: false`. */
async function picture(name, route, prepare, { fullPage = true } = {}) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1440, 390]) {
      const viewport = { width, height: width === 390 ? 844 : 900 };
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', locale: 'en-GB' });
      const page = await context.newPage();
      await page.goto(values.url + route);
      await prepare(page);
      if (fullPage) await settled(page);
      await page.screenshot({ path: path.join(out, `${name}-${width}-${colorScheme}.png`), fullPage });
      await context.close();
    }
  }
  console.log(`${name}: done`);
}

mkdirSync(out, { recursive: true });

/** Parts of the app are loaded when they are first needed, pictures when one comes near them. */
async function settled(page) {
  const still = page.locator('.mantine-Skeleton-root');
  for (const wait of [0, 300]) {
    await page.waitForTimeout(wait);
    await still.first().waitFor({ state: 'detached' });
  }
  for (const image of await page.locator('img').all()) {
    await image.scrollIntoViewIfNeeded();
    await image.evaluate((element) => element.decode());
  }
  await page.evaluate('scrollTo(0, 0)');
}

const charted = (page) => page.locator('canvas').first().waitFor();
const heading = (name) => (page) => page.getByRole('heading', { level: 1, name }).waitFor();
try {
  await picture('new-empty', '/app/new', heading('New job'));
  await picture('new', '/app/new', async (page) => {
    await page.locator('input[type=file]').setInputFiles(series);
    await page.getByRole('button', { name: /total_rentals/, pressed: true }).waitFor();
    await page.getByRole('textbox', { name: 'Your goal' }).fill('Forecast the total rentals for the next 28 days');
  });

  const stored = new FormData();
  stored.set('file', await openAsBlob(series), path.basename(series));
  const set = await (await fetch(`${values.url}/datasets`, { method: 'POST', body: stored })).json();
  const edits = [
    { op: 'filter', where: 'total_rentals > 1000' },
    { op: 'rename', column: 'weather', to: 'sky' },
  ];
  while ((await call('GET', `/datasets/${set.id}`)).ready_version === null)
    await new Promise((resolve) => setTimeout(resolve, 200));
  await call('POST', `/datasets/${set.id}/versions?wait=true`, { edits });
  await picture('dataset', `/app/data/${set.id}`, (page) => page.getByText('weather renamed to sky').first().waitFor());

  const failing = { name: 'Tumours, wrong target', prompt: 'Predict the price', target_column: 'zzz' };
  const failed = await start(failing, table);
  const classes = { name: 'Tumours', prompt: 'Predict whether the tumour is malignant', target_column: 'diagnosis' };
  const classified = await start({ ...classes, max_models: 4 }, table);
  const goal = 'Forecast the total rentals for the next 28 days';
  const job = { name: 'Bike rentals, daily', prompt: goal, target_column: 'total_rentals', max_models: 8 };
  const id = await start(job, series);

  const other = await start({ ...job, name: 'Bike rentals, two models', max_models: 2 }, series);

  const asked = await start({ ...classes, name: 'Tumours, asked first', approval: 'plan' }, table);

  await until(asked, (now) => now.status === 'awaiting_user_input' || now.final);
  await until(id, (now) => now.models_trained >= 3 || now.final);
  await picture('live', `/app/jobs/${id}`, (page) => page.getByRole('row', { name: /best/ }).waitFor());
  await picture('logs', `/app/jobs/${id}?tab=logs`, (page) => page.getByText(/\d+ lines/).waitFor());
  const pressed = (name) => (page) => page.getByRole('button', { name, exact: true }).click();
  const over = { fullPage: false };
  await picture('question', `/app/jobs/${asked}`, (page) =>
    page.getByText('The plan waits for your approval').waitFor(),
  );
  await picture(
    'plan',
    `/app/jobs/${asked}`,
    async (page) => {
      await pressed('Change…')(page);
      await page.getByLabel('Validation folds').waitFor();
    },
    over,
  );
  await until(id, (now) => now.final);
  await until(classified, (now) => now.final);
  await until(failed, (now) => now.final);
  await until(other, (now) => now.final);

  await picture('result', `/app/jobs/${id}`, charted);
  await picture('result-classes', `/app/jobs/${classified}`, charted);
  await picture('insights', `/app/jobs/${id}?tab=insights`, charted);
  await picture('insights-classes', `/app/jobs/${classified}?tab=insights`, charted);
  await picture('timeline', `/app/jobs/${id}?tab=timeline`, (page) =>
    page.getByRole('img', { name: /^Memory peaked/ }).waitFor(),
  );
  await picture('agents', `/app/jobs/${id}?tab=agents`, async (page) => {
    await page.locator('summary').first().click();
    await page.getByRole('cell', { name: 'DataProcessor' }).waitFor();
    await page.getByText('Decisions', { exact: true }).waitFor();
  });
  await picture('report', `/app/jobs/${id}/report`, async (page) => {
    await page.getByRole('heading', { name: 'How it was made' }).waitFor();
    await page.waitForLoadState('networkidle');
  });
  await picture('compare', `/app/compare?jobs=${id},${other}`, charted);
  await picture('analytics', '/app/analytics', heading('Analytics'));
  await picture('system', '/app/system', (page) => page.getByText('Temporal answers').waitFor());
  const warehouse = {
    name: 'Warehouse',
    type: 'postgresql',
    host: 'db.example.com',
    database: 'sales',
    username: 'reader',
  };
  await call('POST', '/connections', warehouse);
  await picture('data', '/app/data', (page) => page.getByText('Warehouse').first().waitFor());
  await picture('filters', '/app', pressed('Filters'), over);
  await picture(
    'fork',
    `/app/jobs/${id}`,
    async (page) => {
      await pressed('More actions')(page);
      await page.getByRole('menuitem', { name: 'Fork…' }).click();
      await page.getByRole('combobox', { name: 'Begin with' }).waitFor();
    },
    over,
  );
  await picture(
    'delete',
    `/app/jobs/${id}`,
    async (page) => {
      await pressed('More actions')(page);
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('dialog').waitFor();
    },
    over,
  );
  await picture('failed', `/app/jobs/${failed}`, heading('Tumours, wrong target'));
  await picture('scripts', `/app/jobs/${id}?tab=scripts`, (page) =>
    page
      .getByText(/automl_runtime/)
      .first()
      .waitFor(),
  );
  await picture('jobs', '/app', (page) => page.getByText('Bike rentals, daily').waitFor());
} finally {
  await browser.close();
}
