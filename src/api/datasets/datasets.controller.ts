import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import {
  CreateVersion,
  DatasetDetails,
  DatasetDiff,
  DatasetInspection,
  DatasetOverrides,
  DatasetRows,
  DatasetVersionDetails,
  DatasetVersionView,
  DatasetView,
  DatasetsQuery,
  DiffQuery,
  NoWaitQuery,
  RenameDataset,
  RowsQuery,
} from '../common/dto';
import { sendFile } from '../common/files';
import { setPageHeaders } from '../common/paging';
import { notFound } from '../common/problem';
import { DatasetsService } from './datasets.service';
import { InspectionsService } from './inspections.service';

@ApiTags('datasets')
@Controller('datasets')
export class DatasetsController {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly inspections: InspectionsService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Upload a CSV file once, for any number of jobs; the worker then reads and profiles it' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary' },
        name: { type: 'string', description: "The file's own unless given" },
        overrides: { type: 'string', description: 'Corrections of how the file is read, as JSON (DatasetOverrides)' },
      },
    },
  })
  @ZodResponse({ status: 201, type: DatasetDetails })
  async upload(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    return await this.datasets.upload({ request, response });
  }

  @Post('inspect')
  @HttpCode(200)
  @ApiOperation({
    summary: 'How a file would be read, from its start alone, with corrections tried out; nothing is kept',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary', description: 'The file, or its first half megabyte' },
        bytes: { type: 'integer', description: 'Of the whole file, where only its start is sent' },
        overrides: { type: 'string', description: 'Corrections of how the file is read, as JSON (DatasetOverrides)' },
      },
    },
  })
  @ZodResponse({ status: 200, type: DatasetInspection })
  async inspect(@Req() request: Request, @Res({ passthrough: true }) response: Response) {
    return await this.inspections.ofUpload({ request, response });
  }

  @Get()
  @ApiOperation({ summary: 'Data sets, newest first' })
  @ZodResponse({ status: 200, type: [DatasetView] })
  async list(@Query() { limit, cursor }: DatasetsQuery, @Res({ passthrough: true }) response: Response) {
    const { views, total } = await this.datasets.list({ offset: cursor, limit });
    const next = cursor + limit < total ? { cursor: String(cursor + limit) } : null;
    setPageHeaders(response, { total, next });
    return views;
  }

  @Get(':id')
  @ApiOperation({ summary: 'One data set with its versions, and the profile of the newest that is ready' })
  @ZodResponse({ status: 200, type: DatasetDetails })
  async get(@Param('id') id: string) {
    return await this.datasets.details(id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Rename a data set' })
  @ZodResponse({ status: 200, type: DatasetDetails })
  async rename(@Param('id') id: string, @Body() { name }: RenameDataset) {
    return await this.datasets.rename(id, name);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a data set with its versions; jobs keep their own copies' })
  async remove(@Param('id') id: string): Promise<void> {
    await this.datasets.remove(id);
  }

  @Post(':id/versions')
  @ApiOperation({ summary: 'A new version, from edits of another one or from another reading of the source' })
  @ZodResponse({ status: 201, type: DatasetVersionView })
  async addVersion(@Param('id') id: string, @Body() body: CreateVersion, @Query() { wait }: NoWaitQuery) {
    return await this.datasets.addVersion(id, body, wait);
  }

  @Get(':id/versions/:version')
  @ApiOperation({ summary: 'One version with its profile' })
  @ZodResponse({ status: 200, type: DatasetVersionDetails })
  async version(@Param('id') id: string, @Param('version', ParseIntPipe) version: number) {
    return await this.datasets.version({ dataset_id: id, version });
  }

  @Post(':id/versions/:version/inspect')
  @HttpCode(200)
  @ApiOperation({ summary: 'How a version would be read with these corrections, from its start; no version is made' })
  @ZodResponse({ status: 200, type: DatasetInspection })
  async inspectVersion(
    @Param('id') id: string,
    @Param('version', ParseIntPipe) version: number,
    @Body() body: DatasetOverrides,
  ) {
    return await this.inspections.ofVersion({ dataset_id: id, version }, body);
  }

  @Post(':id/versions/:version/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop the making of a version' })
  @ZodResponse({ status: 200, type: DatasetVersionView })
  async cancel(@Param('id') id: string, @Param('version', ParseIntPipe) version: number) {
    return await this.datasets.cancel({ dataset_id: id, version });
  }

  @Get(':id/versions/:version/rows')
  @ApiOperation({ summary: 'Some rows of a version, as text' })
  @ZodResponse({ status: 200, type: DatasetRows })
  async rows(
    @Param('id') id: string,
    @Param('version', ParseIntPipe) version: number,
    @Query() { offset, limit }: RowsQuery,
  ) {
    return await this.datasets.rows({ dataset_id: id, version }, { offset, limit });
  }

  @Get(':id/versions/:version/download')
  @ApiOperation({ summary: 'A version as a CSV file' })
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string', format: 'binary' } } } })
  async download(
    @Param('id') id: string,
    @Param('version', ParseIntPipe) version: number,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const served = await this.datasets.file({ dataset_id: id, version });
    if (!(await sendFile(request, response, served))) throw notFound('file', served.name);
  }

  @Get(':id/diff')
  @ApiOperation({ summary: 'What differs between two versions' })
  @ZodResponse({ status: 200, type: DatasetDiff })
  async diff(@Param('id') id: string, @Query() query: DiffQuery) {
    return await this.datasets.diff(id, query);
  }
}
