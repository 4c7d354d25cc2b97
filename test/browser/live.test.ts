import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { PlanView } from '../../src/contracts/jobs';
import { RestClient } from '../support/client';
import { startStack, type TestStack } from '../support/stack';
import { eventually, expectAccessible, openBrowser, openContext, pidOf, watchErrors } from './support';

const SERIES = path.join(__dirname, '..', '..', 'examples', 'bike_sharing_daily.csv');
const TRAINING = 400_000;

let stack: TestStack;
let client: RestClient;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ env: { EXECUTION_ENGINE: 'local' } }), openBrowser()]);
  client = new RestClient(stack.url);
  const context = await openContext(browser, stack);
  page = await context.newPage();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

const button = (name: string) => page.getByRole('button', { name, exact: true });

describe('one page, never reloaded, from the plan to the result', () => {
  let id: string;
  let errors: string[];

  test(
    'the plan waits for its reader, who says a word and approves',
    async () => {
      id = await client.createJob({
        name: 'Steered',
        prompt: 'Forecast 14 days',
        target_column: 'total_rentals',
        max_models: 5,
        approval: 'all',
      });
      await client.upload(id, SERIES);
      errors = watchErrors(page);
      await page.goto(`/app/jobs/${id}?tab=agents`);
      await page.getByText('The plan waits for your approval').waitFor({ timeout: 90_000 });
      await expectAccessible(page);

      await page.getByLabel('Message to the agents').fill('Winter weekends matter most');
      await page.keyboard.press('ControlOrMeta+Enter');
      await page.getByText('Winter weekends matter most').waitFor();

      await button('Change…').click();
      const dialog = page.getByRole('dialog', { name: 'The training plan' });
      await dialog.getByLabel('Validation folds').fill('2');
      await dialog.getByLabel('Past values, steps back').fill('21');
      await page.keyboard.press('Enter');
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Make the plan again' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await eventually(async () => {
        const answer = await fetch(`${stack.url}/jobs/${id}/plan`);
        const { attempt, open } = (await answer.json()) as { attempt: number; open: boolean };
        return attempt === 2 && open;
      });
      const { plan, edits } = await client.json<PlanView>(`/jobs/${id}/plan`);
      expect(plan.validation.folds).toBe(2);
      expect(plan.lags).toContain(21);
      expect(Object.keys(edits).sort()).toEqual(['folds', 'lags']);
      await page.getByText('The plan waits for your approval').waitFor();
      await button('Approve').click();
      await page.getByText('The plan waits for your approval').waitFor({ state: 'hidden' });
      expect((await client.job(id)).status).not.toBe('awaiting_user_input');
      expect(errors).toEqual([]);
    },
    TRAINING,
  );

  test(
    'it is paused and goes on, at the press of a button',
    async () => {
      await client.until(id, (job) => job.models_trained >= 1 || job.final, 200);
      await button('Pause').click();
      await button('Resume').waitFor();
      await page.getByText('Paused', { exact: true }).first().waitFor({ timeout: 120_000 });
      await expectAccessible(page);
      expect((await client.job(id)).status).toBe('paused');
      await button('Resume').click();
      await button('Pause').waitFor();
      await client.until(id, (job) => job.status === 'training_model', 60);
      expect(errors).toEqual([]);
    },
    TRAINING,
  );

  test(
    'API and worker are killed under it: it says so, comes back, and has lost and doubled nothing',
    async () => {
      await page.getByRole('tab', { name: 'Logs' }).click();
      await page.evaluate('window.neverReloaded = true');
      for (const name of ['worker', 'api'] as const) process.kill(pidOf(stack, name), 'SIGKILL');
      await page.getByText('The result waits for your word').waitFor({ timeout: 240_000 });
      await page.getByText(/on rows that the model never saw/).waitFor();
      await expectAccessible(page);
      await button('Train again with changes…').click();
      await page.getByRole('dialog', { name: 'The training plan' }).waitFor();
      await page.keyboard.press('Escape');
      await button('Keep the result').click();
      await eventually(async () => (await client.job(id)).final);
      expect((await client.job(id)).status).toBe('completed');

      await page.getByText(/^Completed after/).waitFor({ timeout: 60_000 });
      const rows = await client.json<{ level: string }[]>(`/jobs/${id}/logs?limit=5000`);
      const visible = rows.filter((row) => row.level !== 'DEBUG').length;
      const words = visible === rows.length ? `${rows.length} lines` : `${visible} of ${rows.length} lines`;
      await page.getByText(words, { exact: true }).waitFor({ timeout: 30_000 });

      await page.getByRole('tab', { name: 'Agents' }).click();
      const messages = await client.json<unknown[]>(`/jobs/${id}/messages`);
      const conversation = page.getByRole('region', { name: 'Conversation' }).getByRole('listitem');
      await eventually(async () => (await conversation.count()) === messages.length);
      expect(await page.getByText('Winter weekends matter most').count()).toBe(1);

      await page.getByRole('tab', { name: 'Overview' }).click();
      const board = await client.json<unknown[]>(`/jobs/${id}/leaderboard`);
      const ranked = page.getByRole('group', { name: 'Leaderboard' }).getByRole('row');
      await eventually(async () => (await ranked.count()) === board.length + 1);

      await page.getByRole('tab', { name: 'Timeline' }).click();
      await page
        .getByText(/picked up again|restarted from checkpoint/)
        .first()
        .waitFor();
      await expectAccessible(page);
      expect(await page.evaluate('window.neverReloaded')).toBe(true);
      // The browser itself reports each call that found no server; the page's own code must report nothing.
      expect(errors.filter((error) => !error.includes('net::ERR_'))).toEqual([]);
    },
    TRAINING,
  );

  test('the log of the run can be taken along, whole', async () => {
    await page.getByRole('tab', { name: 'Logs' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), button('Download').click()]);
    const rows = await client.json<{ message: string }[]>(`/jobs/${id}/logs?limit=5000`);
    const text = readFileSync(await download.path(), 'utf8');
    expect(rows.every((row) => text.includes(row.message))).toBe(true);
  }, 30_000);
});
