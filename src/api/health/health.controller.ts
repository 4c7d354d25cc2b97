import { createHash } from 'node:crypto';
import path from 'node:path';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import type { Config } from '../../config';
import { Database } from '../../entities';
import { Liveness, Readiness } from '../common/dto';
import { TemporalCalls } from '../common/temporal-calls';
import { CONFIG } from '../common/tokens';

/** How this installation is told from others; the engines label their executions with the same name. */
export function installationOf(dataDir: string): string {
  return createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 8);
}

@ApiTags('health')
@Controller()
export class HealthController {
  private readonly instance: string;

  constructor(
    private readonly database: Database,
    private readonly temporal: TemporalCalls,
    @Inject(CONFIG) config: Config,
  ) {
    this.instance = installationOf(config.dataDir);
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Whether the process answers' })
  @ZodResponse({ status: 200, type: Liveness })
  live() {
    return { status: 'ok' as const, instance: this.instance };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Whether database and Temporal answer; 503 where one does not' })
  @ZodResponse({ status: 200, type: Readiness })
  async ready(@Res({ passthrough: true }) response: Response) {
    const [database, temporal] = await Promise.all([
      this.database
        .read((manager) => manager.query('SELECT 1'))
        .then(
          () => true,
          () => false,
        ),
      this.temporal.done(({ client }) => client.connection.workflowService.getSystemInfo({})),
    ]);
    const status = database && temporal ? ('ok' as const) : ('unavailable' as const);
    if (status !== 'ok') response.status(503);
    return { status, database, temporal };
  }
}
