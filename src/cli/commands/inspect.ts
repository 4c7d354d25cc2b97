import type { Config } from '../../config';
import type { JobView } from '../../contracts/jobs';
import { jobEvents } from '../events';
import { EXIT, type ExitCode } from '../exit-codes';
import { onInterrupt } from '../interrupts';
import { findSession } from '../session';
import { renderSummary, summarise } from '../summary';
import { duration, figure, plainText, table } from '../text';

const LISTED_JOBS = 20;
const SHOWN_LOGS = 200;

/** The newest jobs, or one job in full. */
export async function status(
  config: Config,
  jobId: string | undefined,
  options: { url: string | undefined; json: boolean },
): Promise<ExitCode> {
  const session = await findSession(config, options.url);
  if (jobId === undefined) {
    const jobs = await session.client.jobs(LISTED_JOBS);
    print(options.json ? JSON.stringify(jobs) : renderJobs(jobs));
    return EXIT.completed;
  }
  const job = await session.client.job(jobId);
  if (options.json) print(JSON.stringify(job));
  else if (job.final) print(renderSummary(await summarise(session, config, jobId)).trimEnd());
  else print(renderJob(job));
  return EXIT.completed;
}

/** A job's log, oldest line first; with `follow`, on until the job ends. */
export async function logs(
  config: Config,
  jobId: string,
  options: { url: string | undefined; follow: boolean },
): Promise<ExitCode> {
  const { client } = await findSession(config, options.url);
  const line = (log: { timestamp: string; level: string; message: string }) =>
    print(`${log.timestamp} ${log.level.padEnd(7)} ${plainText(log.message, 4000)}`);
  if (!options.follow) {
    (await client.logs(jobId, SHOWN_LOGS)).reverse().forEach(line);
    return EXIT.completed;
  }
  const stop = new AbortController();
  const giveBack = onInterrupt(() => stop.abort());
  try {
    for await (const event of jobEvents(client, jobId, stop.signal)) if (event.type === 'log') line(event.data);
  } finally {
    giveBack();
  }
  return stop.signal.aborted ? EXIT.interrupted : EXIT.completed;
}

function renderJobs(jobs: readonly JobView[]): string {
  if (jobs.length === 0) return 'No jobs yet.';
  const rows = jobs.map((job) => [
    job.id,
    job.status,
    `${job.progress} %`,
    job.metric ? `${job.metric} ${figure(job.score)}` : '',
    plainText(job.name, 60),
  ]);
  return table([['job', 'status', 'progress', 'score', 'name'], ...rows]);
}

function renderJob(job: JobView): string {
  const started = job.started_at ? duration(Date.now() - Date.parse(job.started_at)) : 'not started';
  const rows = [
    ['job', job.id],
    ['name', plainText(job.name)],
    ['status', job.status],
    ['phase', job.phase ?? '–'],
    ['progress', `${job.progress} %`],
    ['running for', started],
    ['doing', plainText(job.doing ?? job.waiting_for ?? '–')],
    ...questionRows(job),
    ...(job.queue_position === null ? [] : [['queue', placeOf(job)]]),
    ['models', String(job.models_trained)],
    ['Temporal', job.temporal_url ?? '–'],
  ];
  return table(rows);
}

function questionRows({ question_detail: question }: JobView): string[][] {
  if (!question) return [];
  const choices = question.choices.map(({ id, label }) => `${plainText(id)}: ${plainText(label)}`);
  const until = `${question.deadline}, then "${plainText(question.default)}" holds`;
  return [['question', plainText(question.text, 500)], ...choices.map((choice) => ['', choice]), ['until', until]];
}

function placeOf({ queue_position, queue_seconds }: JobView): string {
  const place = `number ${queue_position}`;
  return queue_seconds === null ? place : `${place}, its turn comes in about ${duration(queue_seconds * 1000)}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
