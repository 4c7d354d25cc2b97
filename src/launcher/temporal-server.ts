import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../config';
import { AutomlError } from '../contracts/failure';
import { SEARCH_ATTRIBUTES } from '../temporal/client';
import type { Ports } from './ports';

const execute = promisify(execFile);
/** How long the embedded server keeps closed histories. */
const RETENTION = '90d';

/**
 * The `temporal` program: TEMPORAL_CLI_PATH, then PATH, then the one that set-up installed.
 * @throws {AutomlError} `temporal_missing`
 */
export function findTemporal(config: Config, given: NodeJS.ProcessEnv): string {
  const onPath = (given.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'temporal'));
  const installed = path.join(config.root, '.runtime', 'venv', 'bin', 'temporal');
  const candidates = config.temporal.cliPath ? [config.temporal.cliPath] : [...onPath, installed];
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new AutomlError({
    category: 'system',
    code: 'temporal_missing',
    message: config.temporal.cliPath
      ? `TEMPORAL_CLI_PATH names ${config.temporal.cliPath}, which can't be run.`
      : 'The temporal program was not found.',
    hint: 'Run `npm run setup`, set TEMPORAL_CLI_PATH, or set TEMPORAL_ADDRESS to use a server that runs elsewhere.',
  });
}

/** What starts the embedded server: a real one with its UI, its history in one file under DATA_DIR. */
export function serverArguments(config: Config, ports: Ports): string[] {
  const { databaseFile, namespace } = config.temporal;
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1'],
    ...['--port', String(ports.temporal), '--ui-port', String(ports.temporalUi)],
    ...['--db-filename', databaseFile],
    // Twice the activities a second of the defaults, and still safe against a killed process.
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    // Tasks of a queue are handed out in the order they came only within a partition. An older installation may have
    // tasks in the other partitions, so these are still read.
    ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
    ...['--log-level', 'error', '--ui-disable-news-fetch'],
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    ...SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

/** Questions and settings to a server through the same program. */
export class TemporalAdministration {
  constructor(
    private readonly program: string,
    private readonly address: string,
    private readonly environment: Record<string, string>,
  ) {}

  /** Whether it serves and knows the namespace. */
  async answers(namespace: string): Promise<boolean> {
    return await this.ask(['operator', 'namespace', 'describe', '--namespace', namespace]).then(
      () => true,
      () => false,
    );
  }

  /** Keeps closed histories for 90 days, where the server's own default is one. */
  async keepHistory(namespace: string): Promise<void> {
    await this.ask(['operator', 'namespace', 'update', '--namespace', namespace, '--retention', RETENTION]);
  }

  private async ask(args: string[]): Promise<void> {
    await execute(this.program, [...args, '--address', this.address, '--command-timeout', '5s'], {
      env: this.environment,
    });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
