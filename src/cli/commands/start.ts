import type { Config } from '../../config';
import { AlreadyRunning, launch, type Stack } from '../../launcher/stack';
import { StateFile, type StackUrls } from '../../launcher/state';
import { examine, renderChecks } from '../doctor';
import { EXIT, type ExitCode } from '../exit-codes';
import { cameOfInterrupt, onInterrupt } from '../interrupts';
import { urlsOfApi } from '../session';

/** Serves until it is told to stop. A second start on the same data folder only says where the first one serves. */
export async function start(config: Config, environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  const elsewhere = new StateFile(config.runDir).running()?.urls ?? (await urlsOfApi(config));
  if (elsewhere) return tellRunning(elsewhere);

  const checks = await examine(config, environment);
  const notable = checks.filter((check) => check.verdict !== 'ok');
  if (notable.length > 0) process.stderr.write(`${renderChecks(notable)}\n`);
  if (checks.some((check) => check.verdict === 'error')) return EXIT.failed;

  const stopping = new AbortController();
  let stack: Stack | undefined;
  const giveBack = onInterrupt((count) => {
    if (count === 1) {
      say('Stopping … (Ctrl-C again to hurry)');
      stopping.abort();
    } else stack?.hurry();
  });
  try {
    say('Starting …');
    stack = await launch(config, { environment, busyPorts: 'refuse', say, signal: stopping.signal });
    process.stdout.write(`${renderUrls(stack.urls)}\n`);
    if (!stopping.signal.aborted) {
      await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve, { once: true }));
    }
    await stack.stop();
    say('Stopped.');
    return EXIT.completed;
  } catch (error) {
    if (error instanceof AlreadyRunning) return tellRunning(error.state.urls ?? undefined, error);
    if (stopping.signal.aborted && cameOfInterrupt(error)) return EXIT.interrupted;
    throw error;
  } finally {
    giveBack();
  }
}

function tellRunning(urls: StackUrls | undefined, why?: AlreadyRunning): ExitCode {
  process.stdout.write(`${urls ? `Running already.\n${renderUrls(urls)}` : why?.message}\n`);
  return EXIT.completed;
}

function renderUrls(urls: StackUrls): string {
  return [`  App          ${urls.app}`, `  API docs     ${urls.docs}`, `  Temporal UI  ${urls.temporal}`].join('\n');
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
