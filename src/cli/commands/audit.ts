import type { Config } from '../../config';
import type { AuditView } from '../../contracts/jobs';
import type { ApiClient } from '../client';
import { EXIT, type ExitCode } from '../exit-codes';
import { findSession } from '../session';
import { plainText, table } from '../text';

/** The most that the API gives at once. */
const PAGE = 1000;
/** Of a call's details, what a line of a terminal can show; `--json` has them whole. */
const DETAIL_LENGTH = 100;

interface AuditOptions {
  url: string | undefined;
  json: boolean;
  /** Only what concerns this job. */
  job: string | undefined;
  limit: number;
}

/** Every call that changed something, newest first. */
export async function audit(config: Config, options: AuditOptions): Promise<ExitCode> {
  const { client } = await findSession(config, options.url);
  const rows = await newest(client, options);
  process.stdout.write(`${options.json ? JSON.stringify(rows) : renderAudit(rows)}\n`);
  return EXIT.completed;
}

async function newest(client: ApiClient, { job, limit }: AuditOptions): Promise<AuditView[]> {
  const rows: AuditView[] = [];
  for (;;) {
    const wanted = Math.min(PAGE, limit - rows.length);
    const page = await client.audit({ job, limit: wanted, before: rows.at(-1)?.id });
    rows.push(...page);
    if (page.length < wanted || rows.length >= limit) return rows;
  }
}

function renderAudit(rows: readonly AuditView[]): string {
  if (rows.length === 0) return 'Nothing has been changed yet.';
  const lines = rows.map(({ created_at, action, job_id, detail }) => [
    created_at,
    action,
    job_id ?? '–',
    plainText(JSON.stringify(detail), DETAIL_LENGTH),
  ]);
  return table([['time', 'action', 'job', 'detail'], ...lines]);
}
