import type { DatasetDetails, DatasetRows } from '../../src/contracts/datasets';
import { stack, client, page, errors, eventually, expectAccessible, openApp } from './support';

const HOSTILE = '<img src=x onerror="window.pwned = 1">';
const shops = ['north', 'south', ''];
const SALES = [
  `day,shop,sold,${HOSTILE.replaceAll('"', "'")}`,
  ...Array.from({ length: 90 }, (_, at) => {
    const day = new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(0, 10);
    return `${day},${shops[at % 3]},${at % 10},same`;
  }),
].join('\n');
const HEADER = -1;
const LAST_COLUMN = HOSTILE.replaceAll('"', "'");
jest.setTimeout(120_000);

openApp();

const cell = (row: number, column: number) => page.locator(`[data-place="${row}:${column}"]`);
const rowsOf = async (id: string, version: number, query = '') =>
  await client.json<DatasetRows>(`/datasets/${id}/versions/${version}/rows${query}`);

async function stored(text: string): Promise<string> {
  const form = new FormData();
  form.set('file', new Blob([text]), 'sales.csv');
  const made = (await (await fetch(`${stack.url}/datasets`, { method: 'POST', body: form })).json()) as { id: string };
  await eventually(async () => (await client.json(`/datasets/${made.id}`))['ready_version'] === 1);
  return made.id;
}

test('a file is uploaded, looked through, edited by keyboard and mouse, undone, and saved as one version', async () => {
  await page.goto('/app/data');
  const file = { name: 'sales.csv', mimeType: 'text/csv', buffer: Buffer.from(SALES) };
  await page.locator('input[type=file]').setInputFiles(file);
  await page.waitForURL(/\/app\/data\/[^/]+$/);
  const id = page.url().split('/').at(-1)!;
  await page.getByText('Version 1 · 90 rows, 4 columns').waitFor();
  await page.getByText('has one value in every row').waitFor();
  await page.getByText('lacks 33').waitFor();
  await cell(0, 1).getByText('2024-01-01').waitFor();
  await expectAccessible(page);

  await cell(0, 1).focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
  const editor = page.getByRole('textbox', { name: 'sold, row 2' });
  await editor.fill('many');
  await editor.press('Enter');
  await page.getByText('This is no whole number').waitFor();
  await expectAccessible(page);
  await editor.fill('77');
  await editor.press('Enter');
  await page.locator('[data-place="2:3"]:focus').waitFor();
  await page.keyboard.press('Delete');
  await cell(2, 3).getByText('missing').waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await cell(2, 3).getByText('2', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Redo' }).click();
  await cell(2, 3).getByText('missing').waitFor();

  await page.getByRole('button', { name: 'Remove row 1', exact: true }).click();
  await cell(HEADER, 2).click();
  await page.getByLabel('Another name').fill('store');
  await page.getByRole('button', { name: 'Rename' }).click();
  await cell(HEADER, 4).click();
  await page.getByRole('button', { name: 'Remove the column' }).click();
  await page.getByLabel('Keep only rows where').fill('sold is null or sold > 4');
  await page.getByLabel('Keep only rows where').press('Enter');
  await page.getByText('Only rows where sold is null or sold > 4').waitFor();
  await expectAccessible(page);
  expect((await client.json<DatasetDetails>(`/datasets/${id}`)).latest_version).toBe(1);

  await page.getByRole('button', { name: /^Save \d as a version$/ }).click();
  await page.waitForURL(/version=2/);
  await page.getByText(/^Version 2 · \d+ rows, 3 columns$/).waitFor();
  const saved = await rowsOf(id, 2, '?limit=3');
  expect(saved.columns).toEqual(['day', 'store', 'sold']);
  expect(saved.rows.slice(0, 2)).toEqual([
    ['2024-01-02', 'south', '77'],
    ['2024-01-03', null, null],
  ]);
  const { versions } = await client.json<DatasetDetails>(`/datasets/${id}`);
  expect(versions).toHaveLength(2);
  expect(versions[1]).toMatchObject({ parent_version: 1, origin: { kind: 'edits' }, status: 'ready' });
  expect(saved.row_count).toBe(versions[1]!.row_count);
  await page.getByText(`Rows: 90 → ${saved.row_count}`).waitFor();
  await page.getByText('sold: 2 cells changed').waitFor();
  await page.getByText(`Columns that are gone: `).waitFor();
  await expectAccessible(page);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download', exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('sales-v2.csv');
  await page.getByRole('button', { name: 'Open version 1' }).click();
  await page.getByText('Version 1 · 90 rows, 4 columns').waitFor();
  await page.getByRole('link', { name: 'Train this version' }).click();
  await page.waitForURL(/\/app\/new\?dataset=.*&version=1/);
  await page.getByRole('button', { name: /Correct sold/ }).waitFor();
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  expect(errors).toEqual([]);
});

test('what the server refuses is said, and no edit is lost', async () => {
  const id = await stored(SALES);
  await page.goto(`/app/data/${id}`);
  await page.getByLabel('Keep only rows where').fill('nothing > 1');
  await page.getByLabel('Keep only rows where').press('Enter');
  await page.getByRole('button', { name: 'Save 1 as a version' }).click();
  await page
    .getByRole('alert')
    .getByText(/nothing/)
    .waitFor();
  await page.getByText('Only rows where nothing > 1').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByRole('alert').waitFor({ state: 'hidden' });
  expect((await client.json<DatasetDetails>(`/datasets/${id}`)).latest_version).toBe(1);
  await page.goto('/app/data/not-there');
  await page
    .getByRole('alert')
    .getByText(/not-there/)
    .waitFor();
  await expectAccessible(page);
});

test('half a million rows are walked through and the last one edited', async () => {
  const lines = Array.from({ length: 500_000 }, (_, at) => `${at},${at % 7},shop ${at % 3}`).join('\n');
  const id = await stored(`number,weekday,shop\n${lines}\n`);
  await page.goto(`/app/data/${id}`);
  await cell(0, 1).focus();
  await page.keyboard.press('Control+End');
  await page.locator('[data-place="499999:3"]:focus').waitFor();
  await cell(499_999, 1).getByText('499999').waitFor();
  expect(await page.locator('[role=grid] tbody tr').count()).toBeLessThan(80);
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: 'shop, row 500000' }).fill('the last');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save 1 as a version' }).click();
  await page.waitForURL(/version=2/, { timeout: 60_000 });
  expect((await rowsOf(id, 2, '?offset=499999')).rows).toEqual([['499999', '3', 'the last']]);
  expect(errors).toEqual([]);
});

test('the list of data sets leads to them', async () => {
  await stored(SALES);
  await page.goto('/app/data');
  await page.getByRole('link', { name: 'sales.csv' }).first().waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'sales.csv' }).first().click();
  await page.getByRole('heading', { name: 'sales.csv' }).waitFor();
  await page.getByText(LAST_COLUMN).first().waitFor();
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  expect(errors).toEqual([]);
});
