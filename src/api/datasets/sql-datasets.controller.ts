import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import type { DatasetVersionRow } from '../../entities';
import {
  CreateSqlDataset,
  PageQuery,
  SqlDatasetCreated,
  SqlDatasetPreview,
  SqlDatasetView,
  WaitQuery,
} from '../common/dto';
import { IdempotencyKey } from '../common/params';
import { SqlDatasetsService } from './sql-datasets.service';

@ApiTags('datasets')
@Controller('datasets/sql')
export class SqlDatasetsController {
  constructor(private readonly datasets: SqlDatasetsService) {}

  @Post()
  @ApiOperation({ summary: 'Have the worker run a read-only query, or read a table, and store the rows as a data set' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ZodResponse({ status: 201, type: SqlDatasetCreated })
  async create(
    @Body() body: CreateSqlDataset,
    @IdempotencyKey() key: string | undefined,
    @Query() { wait }: WaitQuery,
  ) {
    return created(await this.datasets.create(body, key, wait));
  }

  @Post(':id/refresh')
  @ApiOperation({ summary: 'Run the query again; its rows become a new version' })
  @ZodResponse({ status: 201, type: SqlDatasetCreated })
  async refresh(@Param('id') id: string, @Query() { wait }: WaitQuery) {
    return created(await this.datasets.refresh(id, wait));
  }

  @Get()
  @ApiOperation({ summary: 'Stored data sets, oldest first' })
  @ZodResponse({ status: 200, type: [SqlDatasetView] })
  async list() {
    const rows = await this.datasets.list();
    return rows.map(({ id, name, connection_id, query, row_count, column_count, file_bytes, created_at }) => {
      return {
        id,
        name,
        connection_id,
        query,
        row_count,
        column_count,
        file_size_mb: megabytes(file_bytes),
        created_at,
      };
    });
  }

  @Get(':id')
  @ApiOperation({ summary: 'The first rows of a stored data set' })
  @ZodResponse({ status: 200, type: SqlDatasetPreview })
  async preview(@Param('id') id: string, @Query() query: PageQuery) {
    return await this.datasets.preview(id, query.limit);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a stored data set; jobs keep their own copies' })
  async remove(@Param('id') id: string): Promise<void> {
    await this.datasets.remove(id);
  }
}

function created({ name, version: row }: { name: string; version: DatasetVersionRow }) {
  const { dataset_id: id, version, row_count, column_count, bytes } = row;
  const message = bytes === null ? `The data set "${name}" is being pulled.` : `The data set "${name}" is stored.`;
  return { id, message, version, row_count, column_count, file_size_mb: bytes === null ? null : megabytes(bytes) };
}

function megabytes(bytes: number): number {
  return Math.round((bytes / 1024 ** 2) * 1000) / 1000;
}
