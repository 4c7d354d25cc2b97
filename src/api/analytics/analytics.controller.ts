import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { type EntityTarget, type ObjectLiteral } from 'typeorm';
import type { Analytics } from '../../contracts/analytics';
import { AgentTurnRow, AttemptRow, Database, ExecutionRow, JobRow } from '../../entities';
import { AnalyticsQuery, AnalyticsView } from '../common/dto';
import {
  agentFigures,
  days as daysOf,
  errorFigures,
  executionFigures,
  jobFigures,
  phaseFigures,
  type AttemptFacts,
  type ExecutionFacts,
  type JobFacts,
  type TurnFacts,
} from './figures';

/** Rows of one table that are looked at, newest first: an answer must not take the API's memory or time. */
const MOST_ROWS = 20_000;
const DAY_MS = 86_400_000;

interface Wanted {
  entity: EntityTarget<ObjectLiteral>;
  columns: readonly string[];
  /** The column that says when. */
  time: string;
  /** The column that names the job. */
  job: string;
}

const JOBS: Wanted = {
  entity: JobRow,
  columns: ['id', 'status', 'created_at', 'started_at', 'finished_at', 'error'],
  ...{ time: 'created_at', job: 'id' },
};
const ATTEMPTS: Wanted = {
  entity: AttemptRow,
  columns: ['job_id', 'phase', 'attempt', 'outcome', 'failure', 'started_at', 'finished_at'],
  ...{ time: 'started_at', job: 'job_id' },
};
const TURNS: Wanted = {
  entity: AgentTurnRow,
  columns: [
    ...['job_id', 'phase', 'attempt', 'agent_name', 'turn', 'model', 'calls', 'input_tokens', 'output_tokens'],
    ...['cost_usd', 'seconds', 'answered_at'],
  ],
  ...{ time: 'created_at', job: 'job_id' },
};
const EXECUTIONS: Wanted = {
  entity: ExecutionRow,
  columns: ['id', 'incarnation', 'exit', 'seconds', 'cpu_seconds'],
  ...{ time: 'started_at', job: 'job_id' },
};

@ApiTags('health')
@Controller('analytics')
export class AnalyticsController {
  constructor(private readonly database: Database) {}

  @Get()
  @ApiOperation({ summary: 'How jobs, phases, agents and runs did in the last days, and what went wrong' })
  @ZodResponse({ status: 200, type: AnalyticsView })
  async analytics(@Query() { days }: AnalyticsQuery): Promise<Analytics> {
    const until = new Date();
    const since = new Date(Math.floor(until.getTime() / DAY_MS - (days - 1)) * DAY_MS);
    const jobs = await this.newest<JobFacts>(JOBS, since);
    const attempts = await this.newest<AttemptFacts>(ATTEMPTS, since);
    const turns = await this.newest<TurnFacts>(TURNS, since);
    const executions = await this.newest<ExecutionFacts>(EXECUTIONS, since);
    return {
      days,
      since: since.toISOString(),
      jobs: jobFigures(jobs),
      by_day: daysOf({ jobs, attempts }, since, until),
      phases: phaseFigures(attempts),
      errors: errorFigures(jobs, attempts),
      agents: agentFigures(turns),
      executions: executionFigures(executions),
      cut: [jobs, attempts, turns, executions].some((rows) => rows.length >= MOST_ROWS),
    };
  }

  private async newest<Facts>({ entity, columns, time, job }: Wanted, since: Date): Promise<Facts[]> {
    return await this.database.read(async (manager) => {
      const deleted = manager
        .createQueryBuilder(JobRow, 'job')
        .select('job.id')
        .where('job.deleted_at IS NOT NULL')
        .getQuery();
      const rows = await manager
        .createQueryBuilder(entity, 'row')
        .select(columns.map((column) => `row.${column}`))
        .where(`row.${time} >= :since`, { since: since.toISOString() })
        .andWhere(`row.${job} NOT IN (${deleted})`)
        .orderBy(`row.${time}`, 'DESC')
        .take(MOST_ROWS)
        .getMany();
      return rows as Facts[];
    });
  }
}
