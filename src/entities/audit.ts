import type { EntityManager } from 'typeorm';
import { AuditRow } from './job.entity';
import { now } from './store-base';

/** Notes a state-changing call in the append-only log, in the transaction of the change itself. */
export async function audit(
  manager: EntityManager,
  action: string,
  jobId: string | null,
  detail: object,
): Promise<void> {
  await manager.insert(AuditRow, { action, job_id: jobId, detail: detail as never, created_at: now() });
}
