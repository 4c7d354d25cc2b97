import { readFileSync } from 'node:fs';
import path from 'node:path';
import { client, page, errors, eventually, expectAccessible, openApp } from './support';

const TABLE = path.join(__dirname, '..', '..', 'examples', 'breast_cancer.csv');
const TRAINING = 300_000;
/** Scorings and forks run real scripts, on a machine that may be busy. */
jest.setTimeout(200_000);

/** Trained once; every test looks at it or starts from it. */
let trained: string;
let waiting: string[];

const GOAL = { prompt: 'Predict whether the tumour is malignant', target_column: 'diagnosis', max_models: 1 };

async function start(job: Record<string, unknown>): Promise<string> {
  const id = await client.createJob({ ...GOAL, ...job });
  await client.upload(id, TABLE);
  return id;
}

openApp({
  prepare: async () => {
    waiting = [];
    for (const name of ['First', 'Second']) waiting.push(await start({ name, approval: 'plan' }));
    trained = await start({ name: 'Tumours' });
    expect((await client.final(trained)).status).toBe('completed');
  },
});
afterEach(() => expect(errors).toEqual([]));

const button = (name: string) => page.getByRole('button', { name, exact: true });

/** The first rows of the table as somebody has them who wants to know the target. */
function rowsWithoutTarget(count: number): string {
  const lines = readFileSync(TABLE, 'utf8')
    .trim()
    .split('\n')
    .slice(0, count + 1);
  const at = lines[0]!.split(',').indexOf('diagnosis');
  return lines
    .map((line) =>
      line
        .split(',')
        .filter((_, column) => column !== at)
        .join(','),
    )
    .join('\n');
}

test('new rows are scored where they are pasted, and taken from a file', async () => {
  await page.goto(`/app/jobs/${trained}`);
  const panel = page.getByRole('region', { name: 'Score new rows' });
  await panel.getByLabel('Rows').fill(rowsWithoutTarget(3));
  await panel.getByRole('button', { name: 'Score', exact: true }).click();
  const answer = panel.getByRole('status');
  await answer.getByText('3 rows').waitFor();
  await answer.getByRole('columnheader', { name: 'probability_malignant' }).waitFor();
  expect(await answer.getByRole('row').count()).toBe(4);
  await expectAccessible(page);

  const file = { name: 'new.csv', mimeType: 'text/csv', buffer: Buffer.from(rowsWithoutTarget(5)) };
  await panel.locator('input[type=file]').setInputFiles(file);
  await panel.getByRole('button', { name: 'Score', exact: true }).click();
  await answer.getByText('5 rows').waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    answer.getByRole('link', { name: 'All rows as CSV' }).click(),
  ]);
  expect(
    readFileSync(await saved.path(), 'utf8')
      .trim()
      .split('\n'),
  ).toHaveLength(6);
});

test(
  'a fork begins where it is told, and says where it comes from',
  async () => {
    await page.goto(`/app/jobs/${trained}`);
    await button('More actions').click();
    await page.getByRole('menuitem', { name: 'Fork…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Fork this job' });
    await dialog.getByRole('combobox', { name: 'Begin with' }).click();
    await page.getByRole('option', { name: 'Plot' }).click();
    await expectAccessible(page);
    await dialog.getByLabel('Name of the job').fill('Drawn again');
    await dialog.getByRole('button', { name: 'Start the fork' }).click();
    await page.getByRole('heading', { name: 'Drawn again' }).waitFor();
    const id = page.url().split('/').at(-1)!;
    expect(id).not.toBe(trained);
    await page.getByText(/forked at Plot/).waitFor();
    const fork = await client.final(id);
    expect(fork).toMatchObject({ status: 'completed', parent_job_id: trained, forked_from: 'visualization' });
    await page.getByText(/^Completed after/).waitFor();
    expect((await client.file(`/jobs/${id}/predictions_csv`)).bytes).toEqual(
      (await client.file(`/jobs/${trained}/predictions_csv`)).bytes,
    );
  },
  TRAINING,
);

test('many are cancelled at once, and started again', async () => {
  const statuses = async () => await Promise.all(waiting.map(async (id) => (await client.job(id)).status));
  for (const id of waiting) await client.until(id, (job) => job.status === 'awaiting_user_input', 60);
  await page.goto('/app');
  const choose = async () => {
    for (const name of ['First', 'Second']) await page.getByLabel(`Select ${name}`).check();
  };
  await choose();
  await expectAccessible(page);
  await button('Cancel 2').click();
  await page.getByRole('dialog').waitFor();
  await expectAccessible(page);
  await button('Cancel them').click();
  await page.getByText('2 done.').waitFor();
  await eventually(async () => (await statuses()).every((status) => status === 'cancelled'));

  await page.getByRole('row', { name: /First/ }).getByText('Cancelled').waitFor();
  await page
    .getByRole('row', { name: /Second/ })
    .getByText('Cancelled')
    .waitFor();
  await choose();
  await button('Retry 2').click();
  await button('Retry them').click();
  await eventually(async () => (await statuses()).every((status) => status === 'awaiting_user_input'));
  for (const id of waiting) expect((await client.job(id)).run_no).toBe(2);
});

test('a job is started again from the phase that one chooses', async () => {
  const [id] = waiting;
  await client.json(`/jobs/${id}/cancel`, { method: 'POST' });
  await client.final(id!);
  await page.goto(`/app/jobs/${id}`);
  await button('Retry from…').click();
  await page.getByRole('menuitem', { name: 'From Training' }).waitFor();
  await page.getByRole('menuitem', { name: 'From Analysis' }).click();
  await page.getByText('The plan waits for your approval').waitFor();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await page.getByText('Analysis · Attempt 2').waitFor();
  await expectAccessible(page);
  await button('Reject').click();
  await client.final(id!);
});

test('the filters that are needed less often are in the address, and can be left by keyboard', async () => {
  await page.goto('/app');
  await page.getByText(/in all/).waitFor();
  await button('Filters').click();
  await page.getByRole('combobox', { name: 'Target' }).fill('diagnosis');
  await page.waitForURL(/target=diagnosis/);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await button('Filters (1)').waitFor();
  await page.reload();
  await page.getByText('4 in all').waitFor();
  await button('Filters (1)').waitFor();
});
