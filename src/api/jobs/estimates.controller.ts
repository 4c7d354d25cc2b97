import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import type { Config } from '../../config';
import { Database, boundedBy, endedRuns, estimateRun } from '../../entities';
import { EstimateQuery, RunEstimate } from '../common/dto';
import { CONFIG } from '../common/tokens';

@ApiTags('jobs')
@Controller('jobs/estimate')
export class EstimatesController {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How long a job would take, told from those that completed here and were like it' })
  @ZodResponse({ status: 200, type: RunEstimate })
  async estimate(@Query() { bytes, search, ...asked }: EstimateQuery) {
    const { maxModels, maxRuntimeSecs } = this.config.training;
    const allowed = { max_models: maxModels, max_runtime_secs: maxRuntimeSecs ?? null };
    const bounds = boundedBy(asked, allowed);
    const ended = await this.database.read((manager) => endedRuns(manager, allowed));
    return { ...bounds, ...estimateRun({ bytes, search, ...bounds }, ended) };
  }
}
