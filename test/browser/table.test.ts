import type { JobDataset } from '../../src/contracts/datasets';
import { stack, client, page, errors, eventually, expectAccessible, openApp } from './support';

const HOSTILE = '<img src=x onerror="window.pwned = 1">';
/** Semicolons, days first, decimal commas, and codes that look like numbers. */
const SALES = [
  `Datum;Umsatz;code;${HOSTILE}`,
  ...Array.from({ length: 60 }, (_, day) => {
    const date = new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10).split('-').reverse().join('.');
    return `${date};1.${100 + day},5;${10 + (day % 9)};shop ${day % 2}`;
  }),
].join('\n');
jest.setTimeout(120_000);

openApp();

const csv = (text: string, name = 'sales.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const choose = async (label: string, option: string | RegExp) => {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};
const typeOf = (column: string, type: string) =>
  page.getByRole('button', { name: `Correct ${column}: ${type}`, exact: true });
/** Refused corrections are answers with 422, which Chromium tells in its console; nothing else may be there. */
const unexpected = () => errors.filter((error) => !/status of 422/.test(error));

/** What the started job has read; the job itself is not needed further. */
async function readByJob(): Promise<JobDataset> {
  await page.waitForURL(/\/app\/jobs\/[^/]+$/);
  const id = page.url().split('/').at(-1)!;
  let read: JobDataset | undefined;
  await eventually(async () => {
    read = await client.json<JobDataset>(`/jobs/${id}/dataset?limit=2`);
    return read.profile !== null;
  });
  await client.json(`/jobs/${id}/cancel`, { method: 'POST' }).catch(() => undefined);
  await client.final(id);
  return read!;
}

describe('a table is corrected before it is trained on', () => {
  test('the server’s reading is shown at once; what is corrected, renamed and left out is what the job reads', async () => {
    await page.goto('/app/new');
    await page.locator('input[type=file]').setInputFiles(csv(SALES));
    await page.getByText('60 rows, 4 columns · cells by semicolon · decimals by comma ·').waitFor();
    await page.getByRole('cell', { name: '2024-01-02' }).waitFor();
    await page.getByRole('cell', { name: '1100.5' }).waitFor();
    await expectAccessible(page);

    await typeOf('code', 'whole number').click();
    await choose('Type', 'text');
    await typeOf('code', 'text').waitFor();
    await page.getByLabel('Another name').fill('shop_code');
    await page.getByLabel('Another name').press('Enter');
    await page.getByRole('button', { name: 'shop_code', exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.locator('[id="column:code"]:focus').waitFor();

    await typeOf(HOSTILE, 'category').click();
    await page.getByLabel('Leave this column out').check();
    await typeOf(HOSTILE, 'left out').waitFor();
    await page.getByText('60 rows, 3 columns').waitFor();
    await page.getByRole('button', { name: 'Undo 3 corrections' }).waitFor();

    await page.getByLabel('Your goal').fill('Forecast Umsatz for 7 days');
    await page.getByRole('button', { name: 'Start training' }).click();
    const read = await readByJob();
    expect(read.overrides).toEqual({
      columns: { code: { type: 'text', name: 'shop_code' }, [HOSTILE]: { drop: true } },
    });
    expect(read.columns).toEqual(['Datum', 'Umsatz', 'shop_code']);
    expect(read.rows[1]).toEqual(['2024-01-02', '1101.5', '11']);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(unexpected()).toEqual([]);
  });

  test('what does not fit is told at its control, loses nothing, and is not trained on', async () => {
    await page.goto('/app/new');
    await page.getByLabel('Your goal').fill('Forecast Umsatz');
    await page.locator('input[type=file]').setInputFiles(csv(SALES));
    await typeOf('Umsatz', 'number').click();
    await page.getByLabel('How it is written').fill('%d/%m/%Y');
    await page.getByLabel('How it is written').press('Enter');
    const field = page.getByRole('textbox', { name: 'How it is written' });
    await eventually(async () => (await field.getAttribute('aria-invalid')) === 'true');
    await page.getByText(/values of column "Umsatz" are not|Column "Umsatz"/).waitFor();
    expect(await field.inputValue()).toBe('%d/%m/%Y');
    await page.getByRole('cell', { name: '1100.5' }).waitFor();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Start training' }).click();
    await page.getByRole('button', { name: 'Done' }).click();
    const note = page.getByRole('alert');
    await note.getByText(/Umsatz/).waitFor();
    expect(page.url()).toMatch(/\/app\/new$/);
    await note.getByRole('button', { name: 'Undo this correction' }).click();
    await note.waitFor({ state: 'hidden' });

    await page.getByRole('button', { name: 'Correct the reading' }).click();
    await choose('Between cells', 'bar |');
    await page.getByText('The delimiter "|" is not in the file.').waitFor();
    await expectAccessible(page);
    await choose('Between cells', 'Detect it');
    await choose('Decimal mark', 'point .');
    await choose('Header rows', '0');
    await page.getByRole('button', { name: 'column_1', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo 2 corrections' }).click();
    await page.getByRole('button', { name: 'Umsatz', exact: true }).waitFor();
    expect(await client.json('/jobs?search=Forecast%20Umsatz')).not.toContainEqual(
      expect.objectContaining({ prompt: 'Forecast Umsatz' }),
    );
    expect(unexpected()).toEqual([]);
  });

  test('by keyboard alone, on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto('/app/new');
    await page.locator('input[type=file]').setInputFiles(csv(SALES));
    await typeOf('code', 'whole number').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('combobox', { name: 'Type' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'whole number', exact: true }).waitFor();
    const marked = page.locator('[role=option][data-combobox-selected]:visible');
    for (let step = 0; step < 10 && (await marked.allInnerTexts())[0] !== 'text'; step += 1) {
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await typeOf('code', 'text').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[id="column:code"]:focus').waitFor();
    await page.getByRole('button', { name: 'Undo the correction' }).focus();
    await page.keyboard.press('Enter');
    await typeOf('code', 'whole number').waitFor();
    expect(unexpected()).toEqual([]);
  });

  test('a stored data set gets a corrected version, and the job that', async () => {
    const form = new FormData();
    form.set('file', new Blob([SALES]), 'stored.csv');
    const made = (await (await fetch(`${stack.url}/datasets`, { method: 'POST', body: form })).json()) as {
      id: string;
    };
    await eventually(async () => (await client.json(`/datasets/${made.id}`))['ready_version'] === 1);
    await page.goto(`/app/new?dataset=${made.id}`);
    await typeOf('code', 'whole number').click();
    await choose('Type', 'category');
    await choose('What it is for', 'Names the series');
    await typeOf('code', 'category').waitFor();
    await page.getByLabel('Your goal').fill('Forecast the stored Umsatz');
    await page.getByRole('button', { name: 'Start training' }).click();
    const read = await readByJob();
    expect(read).toMatchObject({ dataset_id: made.id, version: 2 });
    expect(read.profile?.columns[2]).toMatchObject({ name: 'code', type: 'category', role: 'series_id' });
    expect(unexpected()).toEqual([]);
  });

  test('a very wide table is searched, a binary one refused before anything is made', async () => {
    const names = Array.from({ length: 3000 }, (_, at) => `sensor_${at}`);
    const row = names.map((_, at) => at % 10).join(',');
    await page.goto('/app/new');
    await page.locator('input[type=file]').setInputFiles(csv(`${names.join(',')}\n${row}\n${row}\n`));
    await page.getByText('40 of 3,000 columns are shown.').waitFor();
    await page.getByLabel('Find a column').fill('sensor_2999');
    await page.getByText('1 of 3,000 columns are shown.').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Remove the file' }).click();
    const zip = Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 1, 2]);
    await page.locator('input[type=file]').setInputFiles({ name: 'table.csv', mimeType: 'text/csv', buffer: zip });
    await page.getByRole('alert').getByText('What to do:').waitFor();
    await expectAccessible(page);
    expect(unexpected()).toEqual([]);
  });
});
