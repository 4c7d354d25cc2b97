import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { DatasetOverrides, JobDataset, JobView, RowsQuery } from '../common/dto';
import { JobDatasetsService } from './job-datasets.service';

@ApiTags('jobs')
@Controller('jobs')
export class JobDatasetsController {
  constructor(private readonly datasets: JobDatasetsService) {}

  @Post(':id/start')
  @HttpCode(200)
  @ApiOperation({ summary: 'Start a job whose file was uploaded with `start=false`' })
  @ZodResponse({ status: 200, type: JobView })
  async start(@Param('id') id: string) {
    return await this.datasets.start(id);
  }

  @Get(':id/dataset')
  @ApiOperation({ summary: 'The table that the job reads: its schema with every decision, warnings, and some rows' })
  @ZodResponse({ status: 200, type: JobDataset })
  async get(@Param('id') id: string, @Query() { offset, limit }: RowsQuery) {
    return await this.datasets.view(id, { offset, limit });
  }

  @Patch(':id/dataset/schema')
  @ApiOperation({ summary: 'Correct how the file is read, before the start; answers with the table as it is then' })
  @ZodResponse({ status: 200, type: JobDataset })
  async correct(@Param('id') id: string, @Body() body: DatasetOverrides, @Query() { offset, limit }: RowsQuery) {
    return await this.datasets.correct(id, body, { offset, limit });
  }
}
