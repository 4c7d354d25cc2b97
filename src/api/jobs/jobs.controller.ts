import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import { JobStore } from '../../entities';
import {
  AnswerJob,
  CreateJob,
  ForkJob,
  JobCreated,
  JobUpdated,
  JobView,
  JobsQuery,
  MessageSent,
  PlanView,
  RenameJob,
  RetryJob,
  RevisePlan,
  SendMessage,
  StatusChange,
  UpdateJob,
  UploadQuery,
  Uploaded,
} from '../common/dto';
import { setPageHeaders } from '../common/paging';
import { IdempotencyKey } from '../common/params';
import { notFound } from '../common/problem';
import { ControlsService } from './controls.service';
import { ForksService } from './forks.service';
import { JobDatasetsService } from './job-datasets.service';
import { JobsService } from './jobs.service';
import { PlansService } from './plans.service';
import { UploadService } from './upload.service';

/** Seconds after which a poller should ask again. */
const POLL_SECONDS = 2;

@ApiTags('jobs')
@Controller('jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly uploads: UploadService,
    private readonly controls: ControlsService,
    private readonly forks: ForksService,
    private readonly plans: PlansService,
    private readonly jobDatasets: JobDatasetsService,
    private readonly store: JobStore,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Make a job; it starts with its upload, or at once with a saved data set' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and body make one job' })
  @ZodResponse({ status: 201, type: JobCreated })
  async create(@Body() body: CreateJob, @IdempotencyKey() key: string | undefined) {
    const job = await this.jobDatasets.create(body, key);
    const starts = body.dataset_id !== undefined;
    return {
      job_id: job.id,
      status: starts ? ('queued' as const) : ('created' as const),
      message: starts ? 'The job starts with the data set.' : 'Upload a file to start the job.',
    };
  }

  @Post(':id/upload')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Upload the CSV file and start the job; with `start=false` it is only read, to be corrected',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary' },
        overrides: { type: 'string', description: 'Corrections of how the file is read, as JSON (DatasetOverrides)' },
      },
    },
  })
  @ZodResponse({ status: 200, type: Uploaded })
  async upload(
    @Param('id') id: string,
    @Query() { start }: UploadQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    return await this.uploads.receive(id, { request, response }, start);
  }

  @Get()
  @ApiOperation({ summary: 'Jobs, newest first unless another order is asked for' })
  @ZodResponse({ status: 200, type: [JobView] })
  async list(@Query() query: JobsQuery, @Res({ passthrough: true }) response: Response) {
    const page = await this.store.listJobs(query);
    setPageHeaders(response, { total: page.total, next: page.next_cursor ? { cursor: page.next_cursor } : null });
    return page.jobs;
  }

  @Get(':id')
  @ApiOperation({ summary: 'One job; answers 304 to an unchanged ETag' })
  @ZodResponse({ status: 200, type: JobView })
  async get(@Param('id') id: string, @Res({ passthrough: true }) response: Response) {
    const job = await this.jobs.get(id);
    if (!job.final) response.setHeader('Retry-After', POLL_SECONDS);
    return job;
  }

  @Put(':id/name')
  @ApiOperation({ summary: 'Rename a job' })
  @ZodResponse({ status: 200, type: JobView })
  async rename(@Param('id') id: string, @Body() body: RenameJob) {
    const job = await this.store.renameJob(id, body.name);
    if (!job) throw notFound('job', id);
    return job;
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Run a job again from the phase that did not finish, or train it again by a changed plan' })
  @ApiBody({ type: RetryJob, required: false })
  @ZodResponse({ status: 200, type: StatusChange })
  async retry(@Param('id') id: string, @Body() body: RetryJob) {
    return await this.plans.retry(id, body);
  }

  @Post(':id/fork')
  @ApiOperation({
    summary: 'Start a new job from a finished step of this one; what comes before it is taken over, not made again',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and body make one fork' })
  @ZodResponse({ status: 201, type: JobCreated })
  async fork(@Param('id') id: string, @Body() body: ForkJob, @IdempotencyKey() key: string | undefined) {
    const fork = await this.forks.fork(id, body, key);
    const message = `The job starts from ${body.from} with what job ${id} has finished before it.`;
    return { job_id: fork.id, status: fork.status, message };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop a running job and its container' })
  @ZodResponse({ status: 200, type: StatusChange })
  async cancel(@Param('id') id: string) {
    return await this.jobs.cancel(id);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Pause a job between two models, or before its next phase' })
  @ZodResponse({ status: 200, type: StatusChange })
  async pause(@Param('id') id: string) {
    return await this.controls.pause(id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a paused job go on; only what is missing is trained' })
  @ZodResponse({ status: 200, type: StatusChange })
  async resume(@Param('id') id: string) {
    return await this.controls.resume(id);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Answer the question that a job waits with: its `question_detail` says what may be answered',
  })
  @ZodResponse({ status: 200, type: StatusChange })
  async approve(@Param('id') id: string, @Body() body: AnswerJob) {
    return await this.controls.answer(id, body);
  }

  @Get(':id/plan')
  @ApiOperation({ summary: 'The newest training plan, and what may be changed on it' })
  @ZodResponse({ status: 200, type: PlanView })
  async plan(@Param('id') id: string) {
    return await this.plans.get(id);
  }

  @Post(':id/plan')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Change the plan of a job that waits for an approval; of its result: it is trained again by the changed one',
  })
  @ZodResponse({ status: 200, type: StatusChange })
  async revisePlan(@Param('id') id: string, @Body() body: RevisePlan) {
    return await this.plans.revise(id, body);
  }

  @Post(':id/messages')
  @ApiOperation({ summary: 'Say something to the job; a clear answer answers the question that it waits with' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key and body store one message' })
  @ZodResponse({ status: 201, type: MessageSent })
  async say(@Param('id') id: string, @Body() body: SendMessage, @IdempotencyKey() key: string | undefined) {
    return await this.controls.say(id, body.content, key);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change goal, budget or options of a job that is not final; the message says when it counts',
  })
  @ZodResponse({ status: 200, type: JobUpdated })
  async update(@Param('id') id: string, @Body() body: UpdateJob) {
    return await this.controls.update(id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a job: its workflow, container, rows and files' })
  async remove(@Param('id') id: string): Promise<void> {
    await this.jobs.remove(id);
  }
}
