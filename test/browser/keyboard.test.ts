import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { client, page, stack, errors, expectAccessible, openApp } from './support';

const SERIES = path.join(__dirname, '..', '..', 'examples', 'bike_sharing_daily.csv');
const TRAINING = 300_000;
/** More stops than any page has before the one that is looked for. */
const MOST_STOPS = 150;
const SCRIPT = '<script>window.pwned = 1</script>';
const ARABIC = 'مبيعات المتجر';
const EMOJI = '🚲👩‍👩‍👧 sold';
const LONG = 'x'.repeat(5000);
const HOSTILE_CSV = [
  `day,${SCRIPT},${ARABIC},${EMOJI},note`,
  ...Array.from({ length: 30 }, (_, at) => {
    const day = new Date(Date.UTC(2024, 0, 1 + at)).toISOString().slice(0, 10);
    return `${day},${at * 3},${at * 7},${at * 5},${at === 1 ? LONG : `note ${at}`}`;
  }),
].join('\n');
jest.setTimeout(90_000);

openApp();

interface PageElement {
  ownerDocument: { activeElement: unknown };
  matches(selector: string): boolean;
}

const isFocused = (target: Locator) =>
  target.evaluate((node) => {
    const element = node as unknown as PageElement;
    return element === element.ownerDocument.activeElement && element.matches(':focus-visible');
  });

/** Tab, and nothing else, until the target has the focus, and shows it. */
async function tabTo(target: Locator): Promise<void> {
  await target.waitFor();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await isFocused(target)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${target.toString()}`);
}

async function press(target: Locator): Promise<void> {
  await tabTo(target);
  await page.keyboard.press('Enter');
}

test(
  'from an empty list to a downloaded forecast without a mouse',
  async () => {
    await page.goto('/');
    await press(page.getByRole('link', { name: 'Start the first job' }));
    const chooser = page.waitForEvent('filechooser');
    await press(page.locator('input[type=file]'));
    await (await chooser).setFiles(SERIES);

    const suggested = page.getByRole('button', { name: /total_rentals/, pressed: true });
    await suggested.waitFor();
    await tabTo(page.getByLabel('Your goal'));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('Forecast the total rentals for the next 7 days');
    await press(page.getByRole('button', { name: 'More options' }));
    await tabTo(page.getByLabel('Models to train, at most'));
    await page.keyboard.type('2');
    await press(page.getByRole('button', { name: 'Start training' }));

    await page.waitForURL(/\/app\/jobs\/[^/]+$/);
    const id = page.url().split('/').at(-1)!;
    await tabTo(page.getByRole('tab', { selected: true }));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('row', { name: /best/ }).waitFor({ timeout: TRAINING });

    expect((await client.final(id)).status).toBe('completed');
    await page.getByText(/^Completed after/).waitFor();
    const saved = page.waitForEvent('download');
    await press(page.getByRole('link', { name: 'Predictions, CSV' }));
    const file = readFileSync(await (await saved).path());
    expect(file).toEqual((await client.file(`/jobs/${id}/predictions_csv`)).bytes);
    expect(file.toString('utf8').trim().split('\n')).toHaveLength(8);
    expect(errors).toEqual([]);
  },
  TRAINING,
);

const pwned = () => page.evaluate('window.pwned');

test('names of every kind are text, and none is too long for a phone', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/app/new');
  const buffer = Buffer.from(HOSTILE_CSV);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: `${ARABIC} ${EMOJI}.csv`, mimeType: 'text/csv', buffer });
  for (const name of [SCRIPT, ARABIC, EMOJI]) await page.getByText(name).first().waitFor();
  await expectAccessible(page);

  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(buffer)]), 'names.csv');
  const { id } = (await (await fetch(`${stack.url}/datasets`, { method: 'POST', body: form })).json()) as {
    id: string;
  };
  await page.goto(`/app/data/${id}`);
  for (const name of [SCRIPT, ARABIC, EMOJI]) await page.getByText(name).first().waitFor();
  await expectAccessible(page);

  const job = await client.createJob({
    name: `${ARABIC} ${EMOJI} ${LONG.slice(0, 150)}`,
    prompt: 'Forecast',
    target_column: SCRIPT,
  });
  for (const route of ['/app', `/app/jobs/${job}`]) {
    await page.goto(route);
    await page.getByText(ARABIC).first().waitFor();
    await expectAccessible(page);
  }
  expect(await pwned()).toBeUndefined();
  expect(errors).toEqual([]);
});
