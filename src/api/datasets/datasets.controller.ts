import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import type { SqlDatasetRow } from '../../entities';
import { CreateSqlDataset, PageQuery, SqlDatasetCreated, SqlDatasetPreview, SqlDatasetView } from '../common/dto';
import { IdempotencyKey } from '../common/params';
import { DatasetsService } from './datasets.service';

@ApiTags('datasets')
@Controller('datasets/sql')
export class DatasetsController {
  constructor(private readonly datasets: DatasetsService) {}

  @Post()
  @ApiOperation({ summary: 'Run a read-only query and store its rows as a data set' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ZodResponse({ status: 201, type: SqlDatasetCreated })
  async create(@Body() body: CreateSqlDataset, @IdempotencyKey() key: string | undefined) {
    const row = await this.datasets.create(body, key);
    return { id: row.id, message: `The data set "${row.name}" is stored.`, ...sizeOf(row) };
  }

  @Get()
  @ApiOperation({ summary: 'Stored data sets, oldest first' })
  @ZodResponse({ status: 200, type: [SqlDatasetView] })
  async list() {
    const rows = await this.datasets.list();
    return rows.map((row) => {
      const { id, name, connection_id, query, created_at } = row;
      return { id, name, connection_id, query, ...sizeOf(row), created_at };
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

function sizeOf({ row_count, column_count, file_bytes }: SqlDatasetRow) {
  return { row_count, column_count, file_size_mb: Math.round((file_bytes / 1024 ** 2) * 1000) / 1000 };
}
