import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import { ScoredRows, ScoreRows, TableFileQuery } from '../common/dto';
import { sendFile } from '../common/files';
import { HangUp } from '../common/params';
import { notFound } from '../common/problem';
import { ScoresService } from './scores.service';
import { forSpreadsheets } from './spreadsheet-csv';

@ApiTags('results')
@Controller('jobs/:id')
export class ScoresController {
  constructor(private readonly scores: ScoresService) {}

  @Post('score')
  @HttpCode(200)
  @ApiOperation({
    summary: "Score rows with the job's model; a forecast goes on from rows that are sent, or from the job's own data",
  })
  @ZodResponse({ status: 200, type: ScoredRows })
  async rows(@Param('id') id: string, @Body() body: ScoreRows, @HangUp() gone: AbortSignal) {
    return await this.scores.ofRows(id, body, gone);
  }

  @Post('score_file')
  @HttpCode(200)
  @ApiOperation({ summary: 'The same for a CSV file, which is read as the training data was' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary' },
        horizon: { type: 'integer', description: 'Series only: how many steps; as trained where left out' },
      },
    },
  })
  @ZodResponse({ status: 200, type: ScoredRows })
  async file(
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @HangUp() gone: AbortSignal,
  ) {
    return await this.scores.ofFile(id, { request, response }, gone);
  }

  @Get('scores/:score/predictions_csv')
  @ApiOperation({ summary: 'All rows of an answer as CSV; of the newest answers of a job' })
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string', format: 'binary' } } } })
  async answer(
    @Param('id') id: string,
    @Param('score') score: string,
    @Query() { spreadsheet }: TableFileQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const file = await this.scores.file(id, score);
    const sent = await sendFile(request, response, spreadsheet ? forSpreadsheets(file) : file);
    if (!sent) throw notFound('scoring', score);
  }
}
