import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Config } from '../../config';
import {
  ScoredRows,
  ScoreFields,
  isScoreId,
  scoreIdOf,
  type ScoreRequest,
  type ScoreRows,
} from '../../contracts/scores';
import { audit, Database } from '../../entities';
import { JobWorkflows } from '../../temporal/client';
import { isServable, type ServedFile } from '../common/files';
import { IncomingFiles } from '../common/incoming-files';
import { RequestError, notFound } from '../common/problem';
import { TemporalCalls, temporalAway } from '../common/temporal-calls';
import { CONFIG } from '../common/tokens';
import { columnsOf, csvLines } from './score-csv';
import { ResultsService } from './results.service';

const ANSWER = { type: 'text/csv; charset=utf-8', name: 'scored_rows.csv' };

/** Has the worker score rows with a job's model; the rows lie in the job's workspace meanwhile. */
@Injectable()
export class ScoresService {
  constructor(
    private readonly results: ResultsService,
    private readonly incoming: IncomingFiles,
    private readonly database: Database,
    private readonly temporal: TemporalCalls,
    private readonly workflows: JobWorkflows,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {RequestError} 404, 409, 503; {AutomlError} why the rows were not scored */
  async ofRows(jobId: string, { rows, horizon }: ScoreRows, gone: AbortSignal): Promise<ScoredRows> {
    const columns = rows ? columnsOf(rows) : [];
    const source = rows ? ('json' as const) : ('none' as const);
    const request = { ...newRequest(jobId), source, columns: columns.length, horizon: horizon ?? null };
    return await this.run(request, gone, async (file) => {
      if (rows) await pipeline(Readable.from(csvLines(rows, columns)), createWriteStream(file));
    });
  }

  /** The same for a file. @throws {RequestError} 4xx, 507 too */
  async ofFile(jobId: string, http: { request: Request; response: Response }, gone: AbortSignal): Promise<ScoredRows> {
    await this.results.newestModel(jobId);
    return await this.incoming.take(http, async (file) => {
      const fields = ScoreFields.safeParse(file.fields);
      if (!fields.success) throw horizonInvalid();
      const horizon = fields.data.horizon ?? null;
      const request = { ...newRequest(jobId), source: 'file' as const, columns: 0, horizon };
      return await this.run(request, gone, async (place) => await copyFile(file.path, place));
    });
  }

  /** @throws {RequestError} 404 */
  async file(jobId: string, scoreId: string): Promise<ServedFile> {
    const within = this.workspace(jobId);
    const file = path.join(within, 'scores', scoreId, 'out', 'predictions.csv');
    if (isScoreId(scoreId) && (await isServable({ file, within }))) return { file, within, ...ANSWER };
    throw notFound('scoring', scoreId);
  }

  private async run(
    request: ScoreRequest,
    gone: AbortSignal,
    write: (file: string) => Promise<void>,
  ): Promise<ScoredRows> {
    const { job_id, score_id, source } = request;
    await this.results.newestModel(job_id);
    const folder = path.join(this.workspace(job_id), 'scores', score_id);
    await mkdir(folder, { recursive: true });
    try {
      await write(path.join(folder, 'source.partial'));
      if (source !== 'none') await rename(path.join(folder, 'source.partial'), path.join(folder, 'source.csv'));
      await this.database.write((manager) => audit(manager, 'score_rows', job_id, { score_id, source }));
      if (!(await this.temporal.done(({ scores }) => scores.start(request)))) throw temporalAway('Nothing was scored');
      await this.workflows.scores.result(score_id, gone);
      return ScoredRows.parse(JSON.parse(await readFile(path.join(folder, 'answer.json'), 'utf8')));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private workspace(jobId: string): string {
    return path.join(this.config.codingDir, `pipeline_${jobId}`);
  }
}

function newRequest(jobId: string) {
  return { job_id: jobId, score_id: scoreIdOf(randomUUID()) };
}

function horizonInvalid(): RequestError {
  const hint = 'Send a whole number in the form field `horizon`, or leave it out.';
  return new RequestError(422, 'invalid_request', 'The horizon is no number of steps.', hint);
}
