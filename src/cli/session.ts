import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config';
import { AutomlError } from '../contracts/failure';
import { installationOf } from '../engines/names';
import { isOurs } from '../launcher/ports';
import { AlreadyRunning, launch, urlsOf, type Stack } from '../launcher/stack';
import { StateFile, type StackUrls } from '../launcher/state';
import { ApiClient } from './client';

const STARTING_TIMEOUT_MS = 120_000;

/** An API to talk to: a running one, or one that was started for this command. */
export interface Session {
  client: ApiClient;
  urls: StackUrls | undefined;
  /** Set where this command started the stack, and so has to stop it. */
  stack: Stack | undefined;
  /** Whether the job's files lie in this installation's own folders. */
  local: boolean;
}

/**
 * The API that `--url` names, else the one that runs this installation.
 * @throws {AutomlError} `not_running`
 */
export async function findSession(config: Config, url: string | undefined): Promise<Session> {
  const found = await tryFindSession(config, url);
  if (found) return found;
  throw new AutomlError({
    category: 'system',
    code: 'not_running',
    message: 'Nothing runs for this data folder.',
    hint: 'Start it with `npm start`, or name a running API with --url.',
  });
}

/** As `findSession`, but starts a stack where none runs. */
export async function openSession(
  config: Config,
  options: {
    url: string | undefined;
    environment: NodeJS.ProcessEnv;
    say(message: string): void;
    signal: AbortSignal;
  },
): Promise<Session> {
  const found = await tryFindSession(config, options.url);
  if (found) return found;
  const { environment, say, signal } = options;
  try {
    const stack = await launch(config, { environment, busyPorts: 'take_another', say, signal });
    return { client: new ApiClient(stack.urls.app), urls: stack.urls, stack, local: true };
  } catch (error) {
    // Somebody else was a moment quicker: theirs will do.
    if (error instanceof AlreadyRunning) return await findSession(config, undefined);
    throw error;
  }
}

async function tryFindSession(config: Config, url: string | undefined): Promise<Session | undefined> {
  if (url !== undefined) {
    return { client: new ApiClient(url.replace(/\/+$/, '')), urls: undefined, stack: undefined, local: false };
  }
  const urls = (await urlsOfRunning(config)) ?? (await urlsOfApi(config));
  return urls && { client: new ApiClient(urls.app), urls, stack: undefined, local: true };
}

/** The URLs of the launcher that holds this installation, waiting for one that is just starting. */
async function urlsOfRunning(config: Config): Promise<StackUrls | undefined> {
  const stateFile = new StateFile(config.runDir);
  const deadline = Date.now() + STARTING_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const state = stateFile.running();
    if (!state || state.urls) return state?.urls ?? undefined;
    await delay(200);
  }
  return undefined;
}

/**
 * An API of this installation that was started without the launcher, as in a container. One whose launcher was killed
 * is about to leave: it serves nobody.
 */
export async function urlsOfApi(config: Config): Promise<StackUrls | undefined> {
  if (config.port === 0 || new StateFile(config.runDir).read()) return undefined;
  const urls = urlsOf(config, {
    api: config.port,
    temporal: config.temporal.port,
    temporalUi: config.temporal.uiPort,
  });
  return (await isOurs(urls.app, installationOf(config.dataDir))) ? urls : undefined;
}
