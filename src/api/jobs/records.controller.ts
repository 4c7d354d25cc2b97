import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import {
  LogView,
  LogsQuery,
  MessageView,
  MessagesQuery,
  ReportView,
  ResourceView,
  ScriptView,
  StatisticsView,
  TimelineView,
  TurnView,
} from '../common/dto';
import { setPageHeaders } from '../common/paging';
import { RecordsService } from './records.service';

@ApiTags('records')
@Controller('jobs/:id')
export class RecordsController {
  constructor(private readonly records: RecordsService) {}

  @Get('logs')
  @ApiOperation({ summary: 'Log rows, newest first' })
  @ZodResponse({ status: 200, type: [LogView] })
  async logs(@Param('id') id: string, @Query() query: LogsQuery, @Res({ passthrough: true }) response: Response) {
    const { rows, total, hasMore } = await this.records.logs(id, query);
    setPageHeaders(response, { total, next: hasMore ? { before: String(rows.at(-1)!.id) } : null });
    return rows;
  }

  @Get('messages')
  @ApiOperation({ summary: 'What the agents said, oldest first' })
  @ZodResponse({ status: 200, type: [MessageView] })
  async messages(
    @Param('id') id: string,
    @Query() query: MessagesQuery,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { rows, total, hasMore } = await this.records.messages(id, query);
    setPageHeaders(response, { total, next: hasMore ? { after: String(rows.at(-1)!.id) } : null });
    return rows;
  }

  @Get('statistics')
  @ApiOperation({ summary: 'Calls, tokens and time of each agent; null where unknown' })
  @ZodResponse({ status: 200, type: [StatisticsView] })
  async statistics(@Param('id') id: string) {
    return (await this.records.statistics(id)) as StatisticsView[];
  }

  @Get('turns')
  @ApiOperation({ summary: 'What models were asked and what they answered, turn by turn, with tokens, cost and time' })
  @ZodResponse({ status: 200, type: [TurnView] })
  async turns(@Param('id') id: string) {
    return (await this.records.turns(id)) as TurnView[];
  }

  @Get('reports')
  @ApiOperation({ summary: 'Reports of the steps, in Markdown' })
  @ZodResponse({ status: 200, type: [ReportView] })
  async reports(@Param('id') id: string) {
    return await this.records.reports(id);
  }

  @Get('scripts')
  @ApiOperation({ summary: 'The generated scripts, each with the result of its run' })
  @ZodResponse({ status: 200, type: [ScriptView] })
  async scripts(@Param('id') id: string) {
    return await this.records.scripts(id);
  }

  @Get('timeline')
  @ApiOperation({ summary: 'Attempts at phases and their executions, in order' })
  @ZodResponse({ status: 200, type: TimelineView })
  async timeline(@Param('id') id: string) {
    return await this.records.timeline(id);
  }

  @Get('resources')
  @ApiOperation({ summary: 'Processor, memory and disk use of each execution over time' })
  @ZodResponse({ status: 200, type: [ResourceView] })
  async resources(@Param('id') id: string) {
    return await this.records.resources(id);
  }
}
