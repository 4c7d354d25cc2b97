import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import {
  CatalogColumn,
  CatalogTable,
  ConnectionTest,
  ConnectionView,
  CreateConnection,
  Created,
  DraftedQuery,
  DraftQuery,
  PreviewQuery,
  QueryPreview,
  TableQuery,
} from '../common/dto';
import { HangUp, IdempotencyKey } from '../common/params';
import { ConnectionsService } from './connections.service';
import { DraftsService } from './drafts.service';

@ApiTags('connections')
@Controller('connections')
export class ConnectionsController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly drafts: DraftsService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Save a database connection; the password is stored encrypted' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ZodResponse({ status: 201, type: Created })
  async create(@Body() body: CreateConnection, @IdempotencyKey() key: string | undefined) {
    return { id: await this.connections.create(body, key), message: `The connection "${body.name}" is saved.` };
  }

  @Get()
  @ApiOperation({ summary: 'Saved connections, without their secrets' })
  @ZodResponse({ status: 200, type: [ConnectionView] })
  async list() {
    return await this.connections.list();
  }

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Connect once, and say what is wrong' })
  @ZodResponse({ status: 200, type: ConnectionTest })
  async test(@Param('id') id: string) {
    return await this.connections.test(id);
  }

  @Get(':id/tables')
  @ApiOperation({ summary: 'Tables and views that the connection may read, with estimates of their rows' })
  @ZodResponse({ status: 200, type: [CatalogTable] })
  async tables(@Param('id') id: string) {
    return await this.connections.tables(id);
  }

  @Get(':id/columns')
  @ApiOperation({ summary: "A table's columns, in their order" })
  @ZodResponse({ status: 200, type: [CatalogColumn] })
  async columns(@Param('id') id: string, @Query() table: TableQuery) {
    return await this.connections.columns(id, table);
  }

  @Post(':id/preview')
  @HttpCode(200)
  @ApiOperation({ summary: 'The first rows of one read-only query, or of a table; nothing is stored' })
  @ZodResponse({ status: 200, type: QueryPreview })
  async preview(@Param('id') id: string, @Body() body: PreviewQuery) {
    return await this.connections.preview(id, body);
  }

  @Post(':id/draft-query')
  @HttpCode(200)
  @ApiOperation({ summary: 'Have a model write one read-only query from words; it is checked, and not run' })
  @ZodResponse({ status: 200, type: DraftedQuery })
  async draft(@Param('id') id: string, @Body() body: DraftQuery, @HangUp() gone: AbortSignal) {
    return await this.drafts.draft(id, body, gone);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a connection; its data sets stay' })
  async remove(@Param('id') id: string): Promise<void> {
    await this.connections.remove(id);
  }
}
