import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import { LessThan, type FindOptionsWhere } from 'typeorm';
import { AuditRow, Database } from '../../entities';
import { AuditQuery, AuditView } from '../common/dto';
import { setPageHeaders } from '../common/paging';

@ApiTags('audit')
@Controller('audit')
export class AuditController {
  constructor(private readonly database: Database) {}

  @Get()
  @ApiOperation({ summary: 'Every call that changed something, newest first; outlives what it changed' })
  @ZodResponse({ status: 200, type: [AuditView] })
  async list(@Query() { job, before, limit }: AuditQuery, @Res({ passthrough: true }) response: Response) {
    const where: FindOptionsWhere<AuditRow> = job === undefined ? {} : { job_id: job };
    const page = before === undefined ? where : { ...where, id: LessThan(before) };
    const [total, rows] = await this.database.read(async (manager) => [
      await manager.countBy(AuditRow, where),
      await manager.find(AuditRow, { where: page, order: { id: 'DESC' }, take: limit + 1 }),
    ]);
    const shown = rows.slice(0, limit);
    setPageHeaders(response, { total, next: rows.length > limit ? { before: String(shown.at(-1)!.id) } : null });
    return shown;
  }
}
