import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { RuntimeResult } from '../../contracts/execution';
import type { Insight } from '../../contracts/insight';
import type { JobView, ResultsView } from '../../contracts/jobs';
import type { ScriptPhase } from '../../contracts/status';
import {
  Database,
  JobStore,
  LeaderboardEntry,
  ModelRow,
  PredictionRow,
  leaderboardView,
  modelView,
} from '../../entities';
import { isServable, type ServedFile } from '../common/files';
import { RequestError, notFound } from '../common/problem';
import { CONFIG } from '../common/tokens';
import { recentHistory } from './history';
import { JobsService } from './jobs.service';

const PREDICTIONS = { type: 'text/csv; charset=utf-8', name: 'predictions.csv' };
const PLOT = { type: 'image/png', name: 'forecast_plot.png', inline: true };
const FIGURES = { type: 'application/zip', name: 'figures.zip' };
const MODEL = { type: 'application/zip', name: 'model.zip' };

/** What a job has produced. Only registered files are served, and only from the job's own workspace. */
@Injectable()
export class ResultsService {
  constructor(
    private readonly database: Database,
    private readonly store: JobStore,
    private readonly jobs: JobsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Newest first. */
  async models(jobId: string) {
    await this.jobs.get(jobId);
    return (await this.modelRows(jobId)).map(modelView);
  }

  /** Of the newest training attempt that has one and was not passed over, best first. */
  async leaderboard(jobId: string) {
    await this.jobs.get(jobId);
    const rows = await this.database.read((manager) =>
      manager.find(LeaderboardEntry, {
        where: { job_id: jobId, phase: 'training' },
        order: { attempt: 'DESC', place: 'ASC' },
      }),
    );
    const passedOver = await this.store.passedOver(jobId, 'training');
    const newest = rows.find((row) => !passedOver.has(row.attempt))?.attempt;
    return rows.filter((row) => row.attempt === newest).map(leaderboardView);
  }

  async results(jobId: string): Promise<ResultsView> {
    const job = await this.jobs.get(jobId);
    const models = await this.modelRows(jobId);
    const [model] = models;
    const [leaderboard, plot, figures, predictions, training, files] = await Promise.all([
      this.leaderboard(jobId),
      this.isThere(job, 'plot'),
      isServable(this.ownFile(jobId, FIGURES.name)),
      this.isThere(job, 'predictions'),
      model ? this.trainingResult(jobId, model.attempt) : undefined,
      Promise.all(models.map((row) => isServable(this.modelFile(row)))),
    ]);
    return {
      forecast_plot: plot,
      figures,
      predictions_csv: predictions,
      model_files: models.map(({ id, name }, index) => ({ id, name, exists: files[index]! })),
      leaderboard,
      metric: model?.metric ?? job.metric,
      metrics: model?.metrics ?? {},
      baseline: model?.baseline ?? null,
      skill: model?.skill ?? training?.skill ?? null,
      task: model?.task ?? training?.task ?? null,
      limits: training?.limits ?? null,
      intervals: training?.intervals ?? [],
      backtest: training?.backtest ?? [],
      history: await this.history(jobId, training),
    };
  }

  /** Of the newest training that left a model. @throws {RequestError} 404, or 409 while the job may still make it */
  async insight(jobId: string): Promise<Insight> {
    const job = await this.jobs.get(jobId);
    const [model] = await this.modelRows(jobId);
    const found = model && (await this.trainingResult(jobId, model.attempt))?.insight;
    if (found) return found;
    if (!model) throw absent(job, 'training');
    const hint = 'Retry the job from its training phase; it is measured then.';
    throw new RequestError(404, 'no_insight', 'What the model listens to was not measured.', hint);
  }

  /** @throws {RequestError} 404, or 409 while the job may still make it */
  async predictionFile(jobId: string, kind: PredictionRow['kind']): Promise<ServedFile> {
    const job = await this.jobs.get(jobId);
    const row = await this.predictionRow(jobId, kind);
    const file = row && this.inWorkspace(jobId, row.file_path);
    if (file && (await isServable(file))) return { ...file, ...(kind === 'plot' ? PLOT : PREDICTIONS) };
    throw absent(job, kind === 'plot' ? 'visualization' : 'prediction');
  }

  /** @throws {RequestError} 404, or 409 while the job may still make them */
  async figures(jobId: string): Promise<ServedFile> {
    const job = await this.jobs.get(jobId);
    const file = this.ownFile(jobId, FIGURES.name);
    if (await isServable(file)) return { ...file, ...FIGURES };
    throw absent(job, 'visualization');
  }

  /** @throws {RequestError} 404, or 409 while the job may still make one */
  async newestModel(jobId: string): Promise<ModelRow> {
    const job = await this.jobs.get(jobId);
    const [model] = await this.modelRows(jobId);
    if (model && (await isServable(this.modelFile(model)))) return model;
    throw absent(job, 'training');
  }

  /** @throws {RequestError} 404 */
  async modelArchive(modelId: string): Promise<ServedFile> {
    const row = await this.database.read((manager) => manager.findOneBy(ModelRow, { id: modelId }));
    const job = row && (await this.store.getJob(row.job_id));
    if (!row || !job) throw notFound('model', modelId);
    const file = this.modelFile(row);
    if (await isServable(file)) return { ...file, ...MODEL };
    throw absent(job, 'training');
  }

  private async isThere(job: JobView, kind: PredictionRow['kind']): Promise<boolean> {
    const row = await this.predictionRow(job.id, kind);
    return row !== null && (await isServable(this.inWorkspace(job.id, row.file_path)));
  }

  private async predictionRow(jobId: string, kind: PredictionRow['kind']): Promise<PredictionRow | null> {
    return await this.database.read((manager) =>
      manager.findOne(PredictionRow, { where: { job_id: jobId, kind }, order: { attempt: 'DESC' } }),
    );
  }

  private async modelRows(jobId: string): Promise<ModelRow[]> {
    return await this.database.read((manager) =>
      manager.find(ModelRow, { where: { job_id: jobId }, order: { attempt: 'DESC' } }),
    );
  }

  /** What the runtime wrote at the end of the training; undefined where it left nothing. */
  private async trainingResult(jobId: string, attempt: number): Promise<RuntimeResult | undefined> {
    const stored = await this.store.getOutput(jobId, 'training', 'result', attempt);
    return RuntimeResult.safeParse(stored).data;
  }

  /** For a chart, which does without where the data set can't be read (any more). */
  private async history(jobId: string, training: RuntimeResult | undefined) {
    if (!training || training.backtest.length === 0) return [];
    const stored = (await this.store.getOutput(jobId, 'analysis', 'DataProcessor')) as { output?: unknown } | undefined;
    const { file } = this.ownFile(jobId, 'dataset.csv');
    return await recentHistory(file, stored?.output, training.backtest).catch(() => []);
  }

  private modelFile(row: ModelRow) {
    return this.inWorkspace(row.job_id, row.model_path);
  }

  private ownFile(jobId: string, name: string) {
    const within = path.join(this.config.codingDir, `pipeline_${jobId}`);
    return { file: path.join(within, name), within };
  }

  /** Stored paths are relative to DATA_DIR; that they stay in the job's own folder is checked when they are opened. */
  private inWorkspace(jobId: string, stored: string) {
    const within = path.join(this.config.codingDir, `pipeline_${jobId}`);
    return { file: path.resolve(this.config.dataDir, stored), within };
  }
}

function absent(job: JobView, phase: ScriptPhase): RequestError {
  const what = { training: 'model', prediction: 'predictions file', visualization: 'plot' }[phase];
  if (!job.final) {
    const message = `The job has no ${what} yet: it is ${job.status === 'created' ? 'not started' : `at ${job.status}`}.`;
    return new RequestError(409, 'not_ready', message, 'Wait until the job is final; /jobs/{id}/events tells when.');
  }
  const hint = 'Look at the error of the job and its reports, and retry it.';
  return new RequestError(404, 'no_result', `The job is ${job.status} and has no ${what}.`, hint);
}
