import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config';
import { HIGHER_IS_BETTER, METRICS } from '../contracts/analysis';
import type { JobView, ResultsView } from '../contracts/jobs';
import type { Session } from './session';
import { nameOf } from './progress';
import { duration, figure, plainText, table } from './text';

/** What a finished job comes to: the last line of `--json`, and what a person reads at the end. */
export interface JobSummary {
  type: 'summary';
  job_id: string;
  status: JobView['status'];
  task: string | null;
  target_column: string | null;
  seconds: number | null;
  metric: string | null;
  metrics: ResultsView['metrics'];
  baseline: ResultsView['baseline'];
  /** Share of the baseline's error that the model saves; negative where it does worse. */
  skill: number | null;
  best_model: string | null;
  error: JobView['error'];
  /** Absolute paths, or addresses where the job ran elsewhere. */
  files: Record<string, string>;
  app_url: string;
}

const FILES = ['model.zip', 'predictions.csv', 'forecast_plot.png'] as const;

/** Gathers what the API knows of a finished job. */
export async function summarise(session: Session, config: Config, jobId: string): Promise<JobSummary> {
  const [job, results] = await Promise.all([session.client.job(jobId), session.client.results(jobId)]);
  const { started_at: started, finished_at: finished } = job;
  const best = results.leaderboard[0];
  return {
    type: 'summary',
    job_id: jobId,
    status: job.status,
    task: results.task,
    target_column: job.target_column,
    seconds: started && finished ? (Date.parse(finished) - Date.parse(started)) / 1000 : null,
    metric: results.metric,
    metrics: results.metrics,
    baseline: results.baseline,
    skill: results.skill,
    best_model: best ? `${best.algorithm} (${best.model_id})` : null,
    error: job.error,
    files: session.local ? localFiles(config, jobId) : remoteFiles(session.client.url, jobId, results),
    app_url: `${session.client.url}/jobs/${jobId}`,
  };
}

function localFiles(config: Config, jobId: string): Record<string, string> {
  const workspace = path.join(config.codingDir, `pipeline_${jobId}`);
  const there = FILES.map((name) => [name, path.join(workspace, name)] as const).filter(([, file]) =>
    lstatSync(file, { throwIfNoEntry: false })?.isFile(),
  );
  return Object.fromEntries(there);
}

function remoteFiles(url: string, jobId: string, results: ResultsView): Record<string, string> {
  const model = results.model_files.find((file) => file.exists);
  return {
    ...(model ? { 'model.zip': `${url}/models/${model.id}/download` } : {}),
    ...(results.predictions_csv ? { 'predictions.csv': `${url}/jobs/${jobId}/predictions_csv` } : {}),
    ...(results.forecast_plot ? { 'forecast_plot.png': `${url}/jobs/${jobId}/forecast_plot` } : {}),
  };
}

/** The summary for a person. */
export function renderSummary(summary: JobSummary): string {
  const took = summary.seconds === null ? '' : ` in ${duration(summary.seconds * 1000)}`;
  const about =
    summary.task && summary.target_column ? ` (${summary.task} of ${plainText(summary.target_column)})` : '';
  const parts = [`Job ${summary.job_id} ${summary.status}${took}${about}`];
  if (summary.error) parts.push(`${plainText(summary.error.message, 1000)}\n${plainText(summary.error.hint, 1000)}`);
  const measured = metricRows(summary);
  if (measured.length > 0) {
    const baseline = summary.baseline ? plainText(summary.baseline.name) : 'baseline';
    parts.push(`On rows that training never saw:\n${table([['', 'model', baseline, ''], ...measured], '  ')}`);
    parts.push(...verdict(summary, baseline));
  }
  if (summary.best_model) parts.push(`Best on the leaderboard: ${plainText(summary.best_model)}`);
  const files = Object.entries(summary.files);
  if (files.length > 0) parts.push(table(files));
  return `${parts.join('\n\n')}\n`;
}

function metricRows(summary: JobSummary): string[][] {
  const order = (name: string) => (name === summary.metric ? -1 : (METRICS as readonly string[]).indexOf(name));
  return Object.entries(summary.metrics)
    .filter(([, value]) => value !== null)
    .sort(([left], [right]) => order(left) - order(right))
    .map(([name, value]) => {
      const chosen = name === summary.metric ? '← the metric that decides' : '';
      return [nameOf(name), figure(value), figure(summary.baseline?.metrics[name]), chosen];
    });
}

function verdict({ skill, metric }: JobSummary, baseline: string): string[] {
  if (skill === null || metric === null) return [];
  if (skill <= 0) return [`No better than ${baseline}: use the baseline, or more data.`];
  const higher = (HIGHER_IS_BETTER as ReadonlySet<string>).has(metric);
  const amount = higher
    ? `${figure(skill)} more ${nameOf(metric)}`
    : `${Math.round(skill * 100)} % less ${nameOf(metric)}`;
  return [`${amount} than ${baseline}.`];
}
