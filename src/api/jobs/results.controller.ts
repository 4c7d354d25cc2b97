import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import { ArchiveQuery, InsightView, LeaderboardView, ModelView, ResultsView, TableFileQuery } from '../common/dto';
import { sendFile, type ServedFile } from '../common/files';
import { RequestError } from '../common/problem';
import { sendArchive } from './archive';
import { ArchiveService } from './archive.service';
import { JobsService } from './jobs.service';
import { ResultsService } from './results.service';
import { forSpreadsheets } from './spreadsheet-csv';

const FILE = { type: 'string', format: 'binary' } as const;

@ApiTags('results')
@Controller()
export class ResultsController {
  constructor(
    private readonly service: ResultsService,
    private readonly archives: ArchiveService,
    private readonly jobs: JobsService,
  ) {}

  @Get('jobs/:id/models')
  @ApiOperation({ summary: 'Models with their metrics on unseen rows, newest first' })
  @ZodResponse({ status: 200, type: [ModelView] })
  async models(@Param('id') id: string) {
    return await this.service.models(id);
  }

  @Get('jobs/:id/leaderboard')
  @ApiOperation({ summary: 'The models of the newest training, best first' })
  @ZodResponse({ status: 200, type: [LeaderboardView] })
  async leaderboard(@Param('id') id: string) {
    return await this.service.leaderboard(id);
  }

  @Get('jobs/:id/results')
  @ApiOperation({ summary: 'What is there, and how good it is against the naive baseline' })
  @ZodResponse({ status: 200, type: ResultsView })
  async results(@Param('id') id: string) {
    return await this.service.results(id);
  }

  @Get('jobs/:id/insight')
  @ApiOperation({
    summary:
      'What the model listens to, reasons of single rows, how far to trust its score, and whether more rows would help',
  })
  @ZodResponse({ status: 200, type: InsightView })
  async insight(@Param('id') id: string) {
    return await this.service.insight(id);
  }

  @Get('jobs/:id/predictions_csv')
  @ApiOperation({ summary: 'predictions.csv' })
  @ApiOkResponse({ content: { 'text/csv': { schema: FILE } } })
  async predictions(
    @Param('id') id: string,
    @Query() { spreadsheet }: TableFileQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const file = await this.service.predictionFile(id, 'predictions');
    await send(request, response, spreadsheet ? forSpreadsheets(file) : file);
  }

  @Get('jobs/:id/forecast_plot')
  @ApiOperation({ summary: 'forecast_plot.png' })
  @ApiOkResponse({ content: { 'image/png': { schema: FILE } } })
  async plot(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    await send(request, response, await this.service.predictionFile(id, 'plot'));
  }

  @Get('jobs/:id/figures')
  @ApiOperation({ summary: 'figures.zip: what the model listens to and where it errs, as PNGs for print' })
  @ApiOkResponse({ content: { 'application/zip': { schema: FILE } } })
  async figures(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    await send(request, response, await this.service.figures(id));
  }

  @Get('jobs/:id/archive')
  @ApiOperation({
    summary: 'Everything of a job as one ZIP: artefacts, scripts, reports, logs, and a manifest with hashes',
  })
  @ApiOkResponse({ content: { 'application/zip': { schema: FILE } } })
  async archive(@Param('id') id: string, @Query() query: ArchiveQuery, @Res() response: Response): Promise<void> {
    const job = await this.jobs.get(id);
    const parts = await this.archives.parts(id, query);
    response.setHeader('Content-Type', 'application/zip');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Disposition', `attachment; filename="job-${job.id}.zip"`);
    response.setHeader('Cache-Control', 'private, no-cache');
    // A download that breaks off is told by its broken connection: the headers are sent by then.
    await sendArchive(job, parts, response).catch(() => response.destroy());
  }

  @Get('models/:id/download')
  @ApiOperation({ summary: 'model.zip: what scoring needs' })
  @ApiOkResponse({ content: { 'application/zip': { schema: FILE } } })
  async model(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    await send(request, response, await this.service.modelArchive(id));
  }
}

async function send(request: Request, response: Response, file: ServedFile): Promise<void> {
  if (await sendFile(request, response, file)) return;
  // It was there a moment ago: a new attempt replaces it, or the job is being deleted.
  throw new RequestError(404, 'no_result', `${file.name} is not there any more.`, 'Ask again in a moment.');
}
