import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ConfigError, loadConfig } from '../config';
import { METRICS, Metric } from '../contracts/analysis';
import { PHASES, Phase } from '../contracts/status';
import { AutomlError } from '../contracts/failure';
import { ownEnvironment } from '../launcher/environment';
import { answer } from './commands/answer';
import { audit } from './commands/audit';
import { backup, restoreBackup } from './commands/backup';
import { inspectFile } from './commands/dataset';
import { demo } from './commands/demo';
import { fork } from './commands/fork';
import { logs, status } from './commands/inspect';
import { migrate } from './commands/migrate';
import { start } from './commands/start';
import { examineModels } from '../checks/worker/models';
import { examine, renderChecks } from './doctor';
import { EXIT, type ExitCode } from './exit-codes';
import { runJob } from './run-job';

const NEWEST_CALLS = 50;
const GATES = ['plan', 'final', 'all'] as const;

/** `automl …`: reads the command line, does it, and answers with the exit code. */
export async function runCommandLine(argv: readonly string[], environment = ownEnvironment()): Promise<ExitCode> {
  let code: ExitCode = EXIT.completed;
  const program = createProgram(environment, (result) => (code = result));
  try {
    await program.parseAsync(argv);
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.completed : EXIT.usage;
    return report(error);
  }
}

function report(error: unknown): ExitCode {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  if (error instanceof AutomlError) {
    process.stderr.write(`${error.failure.message}\n${error.failure.hint}\n`);
    return error.failure.code === 'no_such_file' ? EXIT.usage : EXIT.failed;
  }
  throw error;
}

function createProgram(environment: NodeJS.ProcessEnv, done: (code: ExitCode) => void): Command {
  const config = () => loadConfig(environment);
  const program = new Command('automl')
    .description('Trains and forecasts from a CSV file, with runs that survive anything.')
    .option('--url <address>', 'an API that runs elsewhere, such as http://host:8006')
    .showHelpAfterError()
    .exitOverride();
  const url = () => program.opts<{ url?: string }>().url;

  program
    .command('start')
    .description('serve the app, the API and Temporal until Ctrl-C')
    .action(async () => done(await start(config(), environment)));

  program
    .command('demo')
    .description('run the bundled data set through the whole pipeline')
    .option('--json', 'events and a summary as JSON lines', false)
    .action(async ({ json }: { json: boolean }) => done(await demo(config(), { url: url(), json, environment })));

  addRun(program, async (file, { json, name, ...job }) => {
    const prompt = job.prompt;
    done(
      await runJob(config(), {
        file,
        url: url(),
        json,
        environment,
        job: { ...job, prompt, name: name ?? prompt.slice(0, 80) },
      }),
    );
  });

  program
    .command('status')
    .description('the newest jobs, or one job')
    .argument('[job]', "the job's id")
    .option('--json', 'as JSON', false)
    .action(async (job: string | undefined, { json }: { json: boolean }) =>
      done(await status(config(), job, { url: url(), json })),
    );

  program
    .command('answer')
    .description('answer the question that a job waits with; `automl status` shows its choices')
    .argument('<job>', "the job's id")
    .argument('<choice>', 'the id of one of its choices, such as approve')
    .action(async (job: string, choice: string) => done(await answer(config(), job, { url: url(), choice })));

  program
    .command('inspect')
    .description('how a CSV file is written and would be read, without training on it')
    .argument('<file>', 'the CSV file')
    .option('--json', 'as JSON', false)
    .option('--sample', 'look at its start and end only', false)
    .action(async (file: string, options: { json: boolean; sample: boolean }) =>
      done(await inspectFile(file, options)),
    );

  program
    .command('logs')
    .description("a job's log")
    .argument('<job>', "the job's id")
    .option('-f, --follow', 'go on until the job ends', false)
    .action(async (job: string, { follow }: { follow: boolean }) =>
      done(await logs(config(), job, { url: url(), follow })),
    );

  program
    .command('audit')
    .description('every call that changed something, newest first')
    .argument('[job]', 'only what concerns the job with this id')
    .option('--limit <number>', 'the newest so many', count, NEWEST_CALLS)
    .option('--json', 'as JSON', false)
    .action(async (job: string | undefined, { limit, json }: { limit: number; json: boolean }) =>
      done(await audit(config(), { job, limit, json, url: url() })),
    );

  withBudget(
    program
      .command('fork')
      .description('start a new job from a finished step of an old one')
      .argument('<job>', "the old job's id")
      .requiredOption('--from <phase>', `the phase to begin with: ${PHASES.join(', ')}`, phase)
      .option('--prompt <text>', 'another goal; from the analysis on'),
  )
    .option('--json', 'the answer as JSON', false)
    .action(async (job: string, given: Record<string, unknown>) => {
      const { from, json, ...changes } = settingsOf(given) as { from: Phase; json: boolean };
      done(await fork(config(), job, { url: url(), json, fork: { from, changes } }));
    });

  program
    .command('doctor')
    .description('check everything that a run needs, and say what to do where something is missing')
    .option('--json', 'as JSON', false)
    .option('--models', 'try what the configured models can do, with a few tiny calls each', false)
    .action(async ({ json, models }: { json: boolean; models: boolean }) => {
      const checks = models ? await examineModels(config()) : await examine(config(), environment);
      process.stdout.write(`${json ? JSON.stringify(checks, null, 2) : renderChecks(checks)}\n`);
      done(checks.some((check) => check.verdict === 'error') ? EXIT.failed : EXIT.completed);
    });

  program
    .command('backup')
    .description('copy all data into a new folder, while jobs run')
    .argument('<folder>', 'must not exist yet')
    .option('--no-key', 'leave out the key of stored passwords')
    .option('--json', 'the summary as JSON', false)
    .action(async (folder: string, { key, json }: { key: boolean; json: boolean }) =>
      done(await backup(config(), folder, { withKey: key, json })),
    );

  program
    .command('restore')
    .description('put a backup in place; jobs that were in flight go on at the next start')
    .argument('<folder>', 'what `automl backup` made')
    .option('--force', 'move data that is there aside, instead of refusing', false)
    .action(async (folder: string, { force }: { force: boolean }) =>
      done(await restoreBackup(config(), folder, { force })),
    );

  program
    .command('migrate')
    .description("bring the database's tables up to date")
    .action(async () => done(await migrate(config())));

  return program;
}

interface RunOptions {
  json: boolean;
  name?: string;
  prompt: string;
  target_column?: string;
  horizon?: number;
  metric?: Metric;
  max_models?: number;
  max_runtime_secs?: number;
  holidays?: string;
  weight_column?: string;
  approval?: (typeof GATES)[number];
  ask?: boolean;
  search?: number;
}

function addRun(program: Command, action: (file: string, options: RunOptions) => Promise<void>): void {
  withBudget(
    program
      .command('run')
      .description('train on a CSV file: analysis, training, predictions, plot')
      .argument('<file>', 'the CSV file')
      .requiredOption('--prompt <text>', 'what you want, in words'),
  )
    .addOption(new Option('--approval <gate>', 'ask before training, at the end, or both').choices(GATES))
    .option('--search <number>', 'try so many drafts of the training (at most 5) and keep the best', count)
    .option('--ask', 'ask where the data leave a real doubt')
    .option('--json', 'events and a summary as JSON lines', false)
    .action(async (file: string, given: Record<string, unknown>) => {
      await action(file, settingsOf(given) as unknown as RunOptions);
    });
}

/** What a job and a fork of one are told alike. */
function withBudget(command: Command): Command {
  return command
    .option('--target <column>', 'the column to predict; inferred from the goal when left out')
    .option('--horizon <steps>', 'how many steps to forecast', count)
    .option('--metric <name>', `what decides: ${METRICS.join(', ')}`, metric)
    .option('--max-models <number>', 'train at most this many models', count)
    .option('--max-runtime <seconds>', 'seconds for the work from training to plot', count)
    .option('--holidays <region>', 'whose public holidays a forecast knows: DE, US-CA')
    .option('--weights <column>', 'the column that says how much a row of a table counts')
    .option('--name <text>', 'a name for the job');
}

/** The command line's spelling as the API has it. */
function settingsOf(given: Record<string, unknown>): Record<string, unknown> {
  const { target, weights, maxModels, maxRuntime, ...rest } = given;
  const columns = { target_column: target, weight_column: weights };
  return { ...rest, ...columns, max_models: maxModels, max_runtime_secs: maxRuntime };
}

function phase(text: string): Phase {
  const parsed = Phase.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`one of ${PHASES.join(', ')} is needed.`);
  return parsed.data;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 up is needed.');
  return Number(text);
}

function metric(text: string): Metric {
  const parsed = Metric.safeParse(text.toLowerCase());
  if (!parsed.success) throw new InvalidArgumentError(`one of ${METRICS.join(', ')} is needed.`);
  return parsed.data;
}
