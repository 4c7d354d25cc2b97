import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DraftedQuery, DraftQuery } from '../../contracts/drafts';
import { audit, Database } from '../../entities';
import { JobWorkflows } from '../../temporal/client';
import { TemporalCalls, temporalAway } from '../common/temporal-calls';
import { ConnectionsService } from './connections.service';

/** Has the worker, which alone holds the keys of models, write queries. */
@Injectable()
export class DraftsService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsService,
    private readonly temporal: TemporalCalls,
    private readonly workflows: JobWorkflows,
  ) {}

  /**
   * @param gone nobody waits any more: a model is not asked for nothing
   * @throws {RequestError} 404, 503; {AutomlError} why no query was written
   */
  async draft(connection_id: string, { words, table }: DraftQuery, gone: AbortSignal): Promise<DraftedQuery> {
    await this.connections.get(connection_id);
    const id = randomUUID();
    // The words stay out: they may say more of a business than its log should.
    await this.database.write((manager) => audit(manager, 'draft_query', null, { connection_id, draft_id: id }));
    const request = { connection_id, words, ...(table ? { table } : {}) };
    if (!(await this.temporal.done(({ drafts }) => drafts.start(id, request)))) {
      throw temporalAway('No query was written');
    }
    return await this.workflows.drafts.result(id, gone);
  }
}
