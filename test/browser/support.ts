import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { RestClient } from '../support/client';
import { startStack, type TestStack } from '../support/stack';

const CANDIDATES = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** @throws where no Chromium is: the tier is skipped before it comes to this (scripts/test.mjs). */
export async function openBrowser(): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  if (!executablePath) throw new Error('No Chromium: install it, or name it in CHROMIUM_PATH.');
  return await chromium.launch({ executablePath, args: [...FLAGS, ...QUIET] });
}

/** A browser session of its own at a desk's width; addresses are relative to the app's. */
export async function openContext(browser: Browser, stack: TestStack): Promise<BrowserContext> {
  const viewport = { width: 1440, height: 900 };
  return await browser.newContext({ baseURL: stack.url, locale: 'en-GB', reducedMotion: 'reduce', viewport });
}

/** Of the test file that called `openApp`: module state, for each file has modules of its own. */
export let stack: TestStack;
export let client: RestClient;
export let browser: Browser;
export let context: BrowserContext;
/** Opened for each test in a session of its own. */
export let page: Page;
export let errors: string[];

const SETTING_UP = 300_000;

interface AppOptions {
  /** What the system is started with beside the local engine; asked for once. */
  env?: () => Promise<Record<string, string>>;
  /** Once, before the first test. */
  prepare?: () => Promise<void>;
}

/** A whole system and a browser for the tests of a file, and a page for each of them. */
export function openApp({ env, prepare }: AppOptions = {}): void {
  beforeAll(async () => {
    const more = await env?.();
    [stack, browser] = await Promise.all([startStack({ env: { EXECUTION_ENGINE: 'local', ...more } }), openBrowser()]);
    client = new RestClient(stack.url);
    await prepare?.();
  }, SETTING_UP);
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  }, 60_000);
  beforeEach(async () => {
    context = await openContext(browser, stack);
    page = await context.newPage();
    errors = watchErrors(page);
  });
  afterEach(async () => await context?.close());
}

/** What went wrong inside a page, in its own words; a test ends by expecting none. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
  return errors;
}

const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface AxeViolation {
  id: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

/** Runs axe-core's WCAG A and AA rules and its best practices. @returns one line a broken rule and place. */
async function accessibilityProblems(page: Page): Promise<string[]> {
  // Evaluated through the protocol, for the page's content security policy rightly refuses an inline script.
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: unknown[] }> } };
    return (await axe.run({ resultTypes: ['violations'] })).violations;
  });
  return (violations as AxeViolation[]).flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id} at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}

/** axe in both schemes and at a phone's width, on the page as it stands; nothing may stick out sideways. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect(await accessibilityProblems(page)).toEqual([]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** Asks until it holds, whatever fails meanwhile; the test's own time limit ends it. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 300));
}

/** Of the stack's child as it runs now. */
export function pidOf(stack: TestStack, name: 'api' | 'worker'): number {
  const state = JSON.parse(readFileSync(path.join(stack.dataDir, 'run', 'launcher.json'), 'utf8')) as {
    children: Record<string, { pid: number }>;
  };
  return state.children[name]!.pid;
}
