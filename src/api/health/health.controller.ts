import { createHash } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import type { Config } from '../../config';
import type { JobStatus } from '../../contracts/status';
import { Database, JobRow } from '../../entities';
import { Liveness, Readiness, SystemView } from '../common/dto';
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
    @Inject(CONFIG) private readonly config: Config,
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

  @Get('system')
  @ApiOperation({ summary: 'Versions, disk, memory, and what the jobs are doing' })
  @ZodResponse({ status: 200, type: SystemView })
  async system() {
    const disk = await statfs(this.config.dataDir);
    return {
      version: this.config.version,
      node: process.versions.node,
      uptime_seconds: Math.round(process.uptime()),
      database: this.database.kind,
      temporal_ui_url: this.config.temporal.uiUrl,
      disk: { free_bytes: disk.bavail * disk.bsize, total_bytes: disk.blocks * disk.bsize },
      memory: { free_bytes: os.freemem(), total_bytes: os.totalmem() },
      cpus: os.availableParallelism(),
      load_average: os.loadavg()[0]!,
      ...(await this.jobs()),
      max_upload_bytes: this.config.maxUploadBytes,
    };
  }

  private async jobs() {
    return await this.database.read(async (manager) => {
      const counts: { status: JobStatus; count: string | number; waiting: string | number }[] = await manager
        .createQueryBuilder(JobRow, 'job')
        .select('job.status', 'status')
        .addSelect('COUNT(*)', 'count')
        .addSelect('COUNT(job.waiting_since)', 'waiting')
        .where('job.deleted_at IS NULL')
        .groupBy('job.status')
        .getRawMany();
      const newest = await manager
        .createQueryBuilder(JobRow, 'job')
        .where('job.deleted_at IS NULL AND job.engine IS NOT NULL')
        .orderBy('job.created_at', 'DESC')
        .take(1)
        .getOne();
      return {
        jobs: Object.fromEntries(counts.map((row) => [row.status, Number(row.count)])) as Partial<
          Record<JobStatus, number>
        >,
        waiting: counts.reduce((total, row) => total + Number(row.waiting), 0),
        last_engine: newest?.engine ?? null,
      };
    });
  }
}
