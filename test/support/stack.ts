import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../src/config';
import { launch } from '../../src/launcher/stack';

export interface TestStack {
  /** Of the API. */
  url: string;
  temporalUrl: string;
  dataDir: string;
  stop(): Promise<void>;
}

/**
 * The real stack - Temporal, API and worker as processes, from the build - in a data folder of its own and on free
 * ports. When a test fails, the children's logs are in `<dataDir>/run`; `KEEP_DATA=1` keeps the folder.
 */
export async function startStack(options: { env?: Record<string, string> } = {}): Promise<TestStack> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'automl-test-'));
  const environment = { ...process.env, ...options.env, DATA_DIR: dataDir };
  const stack = await launch(loadConfig(environment), {
    environment,
    busyPorts: 'take_another',
    say: (message) => process.env['DEBUG'] && console.log(message),
  });
  return {
    url: stack.urls.app,
    temporalUrl: stack.urls.temporal,
    dataDir,
    async stop() {
      await stack.stop();
      if (!process.env['KEEP_DATA']) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The last lines of a child's log, for a failing test's message. */
export async function childLog(stack: TestStack, name: 'api' | 'worker' | 'temporal', lines = 40): Promise<string> {
  const text = await readFile(path.join(stack.dataDir, 'run', `${name}.log`), 'utf8').catch(() => '(no log)');
  return text.split('\n').slice(-lines).join('\n');
}
