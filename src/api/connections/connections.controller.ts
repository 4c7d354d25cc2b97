import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { ConnectionTest, ConnectionView, CreateConnection, Created } from '../common/dto';
import { IdempotencyKey } from '../common/params';
import { ConnectionsService } from './connections.service';

@ApiTags('connections')
@Controller('connections')
export class ConnectionsController {
  constructor(private readonly connections: ConnectionsService) {}

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

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a connection; its data sets stay' })
  async remove(@Param('id') id: string): Promise<void> {
    await this.connections.remove(id);
  }
}
