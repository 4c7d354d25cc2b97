import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { cancellationDetails, cancellationSignal } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { parse } from 'csv-parse';
import { renderScoringScript } from '../agents/scripts/scoring';
import type { Config } from '../config';
import type { AnalysisReport } from '../contracts/analysis';
import type { RunConfig, RuntimeResult } from '../contracts/execution';
import { AutomlError, cut } from '../contracts/failure';
import type { JobView } from '../contracts/jobs';
import type { PredictionPlan } from '../contracts/plans';
import {
  MOST_SCORED_ROWS,
  SCORE_SECONDS,
  SHOWN_ROWS,
  ScoredRows,
  type ScoreRequest,
  type ScoreSummary,
} from '../contracts/scores';
import type { ExecutionEngine, ExecutionHandle, ExecutionSpec, ExitState } from '../engines/engine';
import type { JobStore } from '../entities';
import { runConfig } from './agents';
import { checkArtifact } from './artifacts';
import { reportExecution } from './execution-report';
import { readResult } from './execution-result';
import { UNSEEN } from './execution-watch';
import { whileAlive } from './liveness';
import { ScoreFiles } from './score-files';
import { prepareRows } from './score-rows';
import { writeAtomically } from './workspace';

const SCRIPT = 'scoring_script.py';
/** A scoring needs a small JVM or two beside Python; it must not take a training's memory. */
const MEMORY_MB = 2048;
/** Of the scoring's time, what the steps around the run may need. */
const AROUND_SECONDS = 60;
/** How often a run may be started anew because somebody ended it; it takes seconds, and somebody waits. */
const MAX_INCARNATIONS = 3;
const LONGEST_CELL = 500;

export interface ScoreDependencies {
  config: Pick<Config, 'codingDir' | 'execution'>;
  store: Pick<JobStore, 'getJob'>;
  engine: ExecutionEngine;
  /** What the analysis of a job found. */
  analysis: (jobId: string) => Promise<AnalysisReport>;
}

/** The one step of a scoring. */
export interface ScoreActivities {
  /** Runs the scoring once; a retry finds its answer, or the run that is under way. */
  runScoring(request: ScoreRequest): Promise<ScoreSummary>;
}

export function createScoreActivities(deps: ScoreDependencies): ScoreActivities {
  return { runScoring: (request) => whileAlive((signal) => new Scoring(deps, request).run(signal)) };
}

class Scoring {
  private readonly files: ScoreFiles;
  private readonly key;

  constructor(
    private readonly deps: ScoreDependencies,
    private readonly request: ScoreRequest,
  ) {
    this.files = new ScoreFiles(deps.config.codingDir, request);
    // A scoring is no phase of its job: at the engine it goes by its own id.
    this.key = { job_id: request.score_id, phase: 'prediction', attempt: 1 } as const;
  }

  async run(signal: AbortSignal): Promise<ScoreSummary> {
    const known = await readFile(this.files.answer, 'utf8').catch(() => undefined);
    const answer = known === undefined ? await this.score(signal) : ScoredRows.parse(JSON.parse(known));
    await this.clear();
    return { id: answer.id, rows: answer.rows, seconds: answer.seconds };
  }

  private async score(signal: AbortSignal): Promise<ScoredRows> {
    const { engine, store } = this.deps;
    const job = await store.getJob(this.request.job_id);
    if (!job) throw gone();
    try {
      await engine.prepare(() => undefined);
      let handle = (await engine.find(this.key)) ?? (await this.begin(job, signal));
      // Whoever made it may have died before it was started.
      await engine.start(this.spec(handle.incarnation));
      let exit = await engine.wait(handle, signal);
      while (exit.kind === 'lost' && handle.incarnation < MAX_INCARNATIONS) {
        await engine.remove(handle);
        handle = await engine.start(this.spec(handle.incarnation + 1));
        exit = await engine.wait(handle, signal);
      }
      return await this.collect(handle, exit);
    } catch (error) {
      await this.stopIfOver(error);
      throw error;
    }
  }

  private async begin(job: JobView, signal: AbortSignal): Promise<ExecutionHandle> {
    const report = await this.deps.analysis(this.request.job_id);
    const warnings = await prepareRows(this.request, { files: this.files, report, signal });
    await writeAtomically(this.files.file('warnings.json'), JSON.stringify(warnings));
    const brief = { job_name: job.name, prompt: job.prompt, attempt: 1 };
    await writeAtomically(this.files.file(SCRIPT), renderScoringScript(this.request.horizon, brief));
    await writeAtomically(this.files.file('config.json'), JSON.stringify(this.runConfig(job, report), null, 2));
    return await this.deps.engine.start(this.spec(1));
  }

  private runConfig(job: JobView, report: AnalysisReport): RunConfig {
    const plan: PredictionPlan = {
      schema_version: 1,
      task: report.task,
      target: report.target.column,
      date_column: report.date_column,
      series_id_columns: report.series_id_columns,
      frequency: report.frequency,
      horizon: this.request.horizon,
      rows: 'future',
      heap_mb: 512,
      rationale: '',
    };
    const threads = Math.max(1, Math.floor(this.deps.config.execution.cpus));
    const config = runConfig(job, report, plan, { phase: 'prediction', attempt: 1, threads });
    if (this.request.source === 'none') return config;
    return { ...config, dataset: { ...config.dataset, path: 'rows.csv' } };
  }

  private spec(incarnation: number): ExecutionSpec {
    const { execution } = this.deps.config;
    const { workspace, folder, output } = this.files;
    const inputs = ['model.zip', ...(this.request.source === 'none' ? ['dataset.csv'] : [])];
    return {
      ...this.key,
      incarnation,
      workspace: workspace.root,
      folder,
      script: SCRIPT,
      output,
      inputs: inputs.map((file) => ({ source: workspace.file(file), target: file })),
      limits: {
        memory_mb: Math.min(MEMORY_MB, execution.memoryMb),
        cpus: execution.cpus,
        timeout_seconds: SCORE_SECONDS - AROUND_SECONDS,
        output_quota_mb: execution.outputQuotaMb,
      },
    };
  }

  /** @throws {AutomlError} why the rows were not scored, as the runtime said it */
  private async collect(handle: ExecutionHandle, exit: ExitState): Promise<ScoredRows> {
    const output = this.files.workspace.file(this.files.output);
    const { result, problem } = await readResult(output, 'prediction');
    const { failure, seconds } = reportExecution({ handle, exit, result, problem, seen: UNSEEN });
    if (failure) throw new AutomlError(failure);
    const checked = await checkArtifact(output, 'prediction', result as RuntimeResult);
    if ('failure' in checked) throw new AutomlError(checked.failure);
    const table = await firstRows(checked.file);
    const said = JSON.parse(await readFile(this.files.file('warnings.json'), 'utf8')) as string[];
    const warnings = [...said, ...(result?.warnings ?? [])];
    const answer: ScoredRows = { id: this.request.score_id, ...table, warnings, seconds };
    if (!(await this.deps.store.getJob(this.request.job_id))) throw gone();
    await writeAtomically(this.files.answer, JSON.stringify(answer));
    return answer;
  }

  /** What is not needed for the answer, at the engine and on the disk. */
  private async clear(): Promise<void> {
    const handle = await this.deps.engine.find(this.key);
    if (handle) await this.deps.engine.remove(handle);
    for (const file of [this.files.source, this.files.rows]) await rm(file, { force: true });
    await this.files.forgetOld();
  }

  /** A failure that no retry mends, or a cancellation that was asked for; a worker that shuts down leaves the run. */
  private async stopIfOver(error: unknown): Promise<void> {
    const details = cancellationDetails();
    const cancelled = error instanceof CancelledFailure || cancellationSignal().aborted;
    const over = cancelled
      ? Boolean(details?.cancelRequested || details?.notFound)
      : error instanceof AutomlError && !error.retryable;
    if (!over) return;
    const handle = await this.deps.engine.find(this.key);
    if (handle) await this.deps.engine.remove(handle);
    await rm(this.files.file('.'), { recursive: true, force: true });
  }
}

/** Header, first rows and the count of rows of a CSV that was found to be one. */
async function firstRows(file: string): Promise<Pick<ScoredRows, 'columns' | 'first_rows' | 'rows'>> {
  const first_rows: string[][] = [];
  let rows = -1;
  let columns: string[] = [];
  for await (const record of createReadStream(file).pipe(parse()) as AsyncIterable<string[]>) {
    if (rows === -1) columns = record;
    else if (rows < SHOWN_ROWS) first_rows.push(record.map((cell) => cut(cell, LONGEST_CELL)));
    rows += 1;
    if (rows > MOST_SCORED_ROWS) break;
  }
  return { columns, first_rows, rows };
}

function gone(): AutomlError {
  const hint = 'Create the job again where it is still wanted.';
  return new AutomlError({ category: 'data', code: 'job_gone', message: 'The job was deleted.', hint });
}
