import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { EventsQuery } from '../common/dto';
import { JobsService } from '../jobs/jobs.service';
import { EventsService } from './events.service';

@ApiTags('events')
@Controller('jobs/:id/events')
export class EventsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly events: EventsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Server-sent events: status, log, message, leaderboard, attempt, end' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Goes on after this event' })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  async stream(
    @Param('id') id: string,
    @Query() query: EventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    await this.jobs.get(id);
    // A browser that reconnects repeats the address, and adds where it really was.
    const reconnect = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : undefined;
    await this.events.stream(id, reconnect ?? query.after ?? 0, response);
  }
}
