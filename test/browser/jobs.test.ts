import path from 'node:path';
import sqlite3 from 'sqlite3';
import { stack, client, page, errors, eventually, expectAccessible, openApp } from './support';

const JOBS = 10_000;
/** Rows in the page at any time, of however many jobs. */
const MOST_ROWS = 60;
jest.setTimeout(90_000);

/** As the seed below has it. */
const scoreOf = (job: number) => (job * 7919) % 10_007;

/** Ten thousand finished jobs, one a minute, straight into the database; scores go up and down. */
async function seed(file: string): Promise<void> {
  const database = new sqlite3.Database(file);
  const sql = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${JOBS})
    INSERT INTO jobs (id, name, prompt, status, phase, progress, created_at, updated_at, started_at, finished_at,
      target_column, options, metric, score, baseline_score, skill, run_seconds, cost_usd, models_trained, run_no,
      engine)
    SELECT printf('seed-%05d', i), printf('Job %05d', i), 'Forecast the next 12 months of sales',
      CASE WHEN i % 10 = 0 THEN 'failed' ELSE 'completed' END, 'final_check', 100,
      strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', '+' || i || ' minutes'),
      strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', '+' || i || ' minutes'),
      strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', '+' || i || ' minutes'),
      strftime('%Y-%m-%dT%H:%M:%fZ', '2026-01-01', '+' || (i + 5) || ' minutes'),
      'sales', '{}', 'rmse', (i * 7919) % 10007, 10007, 1 - ((i * 7919) % 10007) / 10007.0, 300,
      CASE WHEN i % 1000 = 0 THEN i / 1000.0 END, 8, 1, 'local' FROM n`;
  const turn = `INSERT INTO agent_turns (job_id, phase, attempt, agent_name, turn, run_no, endpoint, model, prompt,
      seen_message_id, calls, reserved_tokens, answer, input_tokens, output_tokens, cost_usd, seconds, outage_seconds,
      created_at, answered_at)
    VALUES ('seed-10000', 'training', 1, 'ModelBuilder', 1, 1, 'openai', 'gpt-4o-mini',
      '[{"role":"user","content":"Plan <script>window.pwned = 1</script>"}]', 0, 1, 0,
      '{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"get_file_sample","arguments":"{}"}}]}',
      1200, 80, 0.00023, 2.5, 0, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:02.500Z')`;
  for (const statement of [sql, turn]) {
    await new Promise<void>((resolve, reject) =>
      database.run(statement, (error) => (error ? reject(error) : resolve())),
    );
  }
  await new Promise<void>((resolve, reject) => database.close((error) => (error ? reject(error) : resolve())));
}

openApp({ prepare: async () => await seed(path.join(stack.dataDir, 'automl_system.db')) });

beforeEach(async () => {
  await page.goto('/app');
  await page.getByText('10,000 in all').waitFor();
});
afterEach(() => expect(errors).toEqual([]));

const rows = () => page.getByRole('row', { name: /Job \d{5}/ });
const firstName = async () => (await rows().first().getByRole('link').innerText()).trim();

describe('ten thousand jobs', () => {
  test('only what is in view is in the page, down to the very last', async () => {
    expect(await firstName()).toBe('Job 10000');
    await expectAccessible(page);
    await eventually(async () => {
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      expect(await rows().count()).toBeLessThan(MOST_ROWS);
      return await page.getByRole('link', { name: 'Job 00001', exact: true }).isVisible();
    });
    expect(await rows().last().getAttribute('aria-rowindex')).toBe(String(JOBS + 1));
  });

  test('any column sorts all of them, and the order is in the address', async () => {
    const all = Array.from({ length: JOBS }, (_, at) => at + 1).sort((a, b) => scoreOf(a) - scoreOf(b));
    const nameOf = (job: number) => `Job ${String(job).padStart(5, '0')}`;
    let asked = 0;
    page.on('request', (request) => (asked += Number(request.url().includes('cursor='))));
    const header = page.getByRole('columnheader', { name: 'Score' });
    await header.getByRole('button').click();
    await eventually(async () => (await firstName()) === nameOf(all.at(-1)!));
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await header.getByRole('button').click();
    await eventually(async () => (await firstName()) === nameOf(all[0]!));
    expect(page.url()).toContain('sort=score.asc');
    // The server sorts: what is in view needs no other page than its own.
    expect(asked).toBe(0);
    await page.getByRole('columnheader', { name: 'Against naive' }).getByRole('button').click();
    await eventually(async () => (await firstName()) === nameOf(all[0]!));
    await page.getByRole('columnheader', { name: 'Cost' }).getByRole('button').click();
    await eventually(async () => (await firstName()) === 'Job 10000');
    expect(await rows().nth(9).innerText()).toContain('US$1.00');
    expect(await rows().nth(10).getByRole('link').innerText()).toContain('Job 09999');
    // The order holds over the pages: as many rows as two of them, in the order of the addresses' sort.
    await page.goto('/app?sort=score.asc');
    await eventually(async () => (await firstName()) === nameOf(all[0]!));
    await eventually(async () => {
      await page.evaluate('scrollBy(0, 4000)');
      return await page.getByRole('link', { name: nameOf(all[320]!), exact: true }).isVisible();
    });
    const shown = await rows().getByRole('link').allInnerTexts();
    const from = all.findIndex((job) => nameOf(job) === shown[0]!.trim());
    expect(shown.map((name) => name.trim())).toEqual(all.slice(from, from + shown.length).map(nameOf));
  });

  test('search and filter find, and say when they find nothing', async () => {
    // Typed by hand: what is asked meanwhile must not take the field away.
    await page.getByLabel('Search by name or goal').pressSequentially('Job 07', { delay: 200 });
    await page.getByText('1,000 in all').waitFor();
    await page.keyboard.type('77');
    await page.getByText('10 in all').waitFor();
    await page.getByText('Failed', { exact: true }).first().click();
    await page.getByText('1 in all').waitFor();
    expect(await firstName()).toBe('Job 07770');
    await page.getByLabel('Search by name or goal').fill('no such job');
    await page.getByText('No job matches.').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByText('10,000 in all').waitFor();
  });

  test('the chosen columns are still chosen after a reload', async () => {
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Target' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Models' }).click();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('columnheader', { name: 'Models' }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'Target' }).count()).toBe(0);
  });

  test('a job made elsewhere appears, and one deleted elsewhere goes', async () => {
    const id = await client.createJob({ name: 'From elsewhere', prompt: 'Anything' });
    await page.getByRole('link', { name: 'From elsewhere' }).waitFor({ timeout: 15_000 });
    await page.getByText('10,001 in all').waitFor();
    await client.json(`/jobs/${id}`, { method: 'DELETE' });
    await page.getByRole('link', { name: 'From elsewhere' }).waitFor({ state: 'hidden', timeout: 15_000 });
  });

  test('what an agent asked a model is there to be opened, as text', async () => {
    await page.goto('/app/jobs/seed-10000?tab=agents');
    const turn = page.getByText('ModelBuilder · turn 1');
    await turn.waitFor();
    await page.getByText('1,200 tokens in, 80 out').waitFor();
    await turn.click();
    await page.getByText('Plan <script>').waitFor();
    await page.getByText('get_file_sample({})').waitFor();
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    await expectAccessible(page);
  });

  test('many are deleted at once', async () => {
    for (const name of ['Job 09999', 'Job 09998', 'Job 09997']) await page.getByLabel(`Select ${name}`).check();
    await page.getByText('3 selected').first().waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Delete 3' }).click();
    await page.getByRole('button', { name: 'Delete them' }).click();
    await page.getByText('9,997 in all').waitFor();
    expect(await page.getByRole('link', { name: 'Job 09998' }).count()).toBe(0);
    await expect(client.job('seed-09998')).rejects.toThrow('404');
  });
});
