import path from 'node:path';
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../../config';
import { Database, LogRow, logView } from '../../entities';
import { openServable, type ServedFile } from '../common/files';
import { CONFIG } from '../common/tokens';
import type { ArchivePart } from './archive';
import { JobsService } from './jobs.service';
import { RecordsService } from './records.service';
import { ResultsService } from './results.service';

const LOGS_AT_ONCE = 2000;
const MOST_MESSAGES = 10_000;

/** What a job's archive holds: what it made, how it made it, and what was said. */
@Injectable()
export class ArchiveService {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobsService,
    private readonly records: RecordsService,
    private readonly results: ResultsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {RequestError} 404 where there is no such job */
  async parts(jobId: string, { dataset }: { dataset: boolean }): Promise<ArchivePart[]> {
    const job = await this.jobs.get(jobId);
    const [timeline, leaderboard, models, statistics, turns] = await Promise.all([
      this.records.timeline(jobId),
      this.results.leaderboard(jobId),
      this.results.models(jobId),
      this.records.statistics(jobId),
      this.records.turns(jobId),
    ]);
    const messages = (await this.records.messages(jobId, { limit: MOST_MESSAGES })).rows;
    const facts = { job, timeline, leaderboard, models, statistics, messages, turns };
    return [
      ...(await this.artefacts(jobId)),
      ...(await this.texts(jobId)),
      ...Object.entries(facts).map(([name, value]) => textPart(`${name}.json`, JSON.stringify(value, null, 2))),
      {
        path: 'logs.ndjson',
        compress: true,
        modified: new Date(),
        open: async () => Readable.from(this.logLines(jobId)),
      },
      ...(dataset ? [this.filePart('dataset.csv', this.datasetFile(jobId), true)] : []),
    ];
  }

  /** Those that are there. */
  private async artefacts(jobId: string): Promise<ArchivePart[]> {
    const { model_files, predictions_csv, forecast_plot, figures } = await this.results.results(jobId);
    const [newest] = model_files.filter(({ exists }) => exists);
    const [model, predictions, plot, further] = await Promise.all([
      newest && this.results.modelArchive(newest.id),
      predictions_csv ? this.results.predictionFile(jobId, 'predictions') : undefined,
      forecast_plot ? this.results.predictionFile(jobId, 'plot') : undefined,
      figures ? this.results.figures(jobId) : undefined,
    ]);
    return [
      ...(model ? [this.filePart('model.zip', model, false)] : []),
      ...(predictions ? [this.filePart('predictions.csv', predictions, true)] : []),
      ...(plot ? [this.filePart('forecast_plot.png', plot, false)] : []),
      ...(further ? [this.filePart('figures.zip', further, false)] : []),
    ];
  }

  private async texts(jobId: string): Promise<ArchivePart[]> {
    const [scripts, reports] = await Promise.all([this.records.scripts(jobId), this.records.reports(jobId)]);
    return [
      ...scripts.map(({ script_type, attempt, script_content, created_at }) =>
        textPart(`scripts/${script_type}-${attempt}.py`, script_content, created_at),
      ),
      ...reports.map(({ stage, content, created_at }, index) =>
        textPart(`reports/${index + 1}-${stage}.md`, content, created_at),
      ),
    ];
  }

  private datasetFile(jobId: string) {
    const within = path.join(this.config.codingDir, `pipeline_${jobId}`);
    return { file: path.join(within, 'dataset.csv'), within };
  }

  private filePart(name: string, served: Pick<ServedFile, 'file' | 'within'>, compress: boolean): ArchivePart {
    return {
      ...{ path: name, compress, modified: new Date() },
      open: async () => (await openServable(served))?.handle.createReadStream(),
    };
  }

  /** Oldest first, a page at a time: a job may have written a million lines. */
  private async *logLines(jobId: string): AsyncGenerator<string> {
    for (let after = 0; ;) {
      const rows = await this.database.read((manager) =>
        manager
          .createQueryBuilder(LogRow, 'log')
          .where('log.job_id = :jobId AND log.id > :after', { jobId, after })
          .orderBy('log.id', 'ASC')
          .take(LOGS_AT_ONCE)
          .getMany(),
      );
      for (const row of rows) yield `${JSON.stringify(logView(row))}\n`;
      if (rows.length < LOGS_AT_ONCE) return;
      after = rows.at(-1)!.id;
    }
  }
}

function textPart(name: string, text: string, written?: string): ArchivePart {
  const modified = written === undefined ? new Date() : new Date(written);
  return { path: name, compress: true, modified, open: async () => Readable.from([text]) };
}
