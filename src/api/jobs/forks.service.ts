import { Injectable } from '@nestjs/common';
import type { ForkChanges, ForkJob, JobView } from '../../contracts/jobs';
import { PHASES, type Phase } from '../../contracts/status';
import { JobStore, type NewFork } from '../../entities';
import { RequestError, notFound } from '../common/problem';
import { JobsService } from './jobs.service';

/** The phase in which each setting is read: a fork that begins later would not heed a change of it. */
const READ_IN: Record<Exclude<keyof ForkChanges, 'name' | 'webhook_url'>, Phase> = {
  prompt: 'analysis',
  target_column: 'analysis',
  date_column: 'analysis',
  horizon: 'analysis',
  metric: 'analysis',
  ask: 'analysis',
  max_models: 'training',
  max_runtime_secs: 'training',
  holidays: 'training',
  weight_column: 'training',
  seed: 'training',
  search: 'training',
  plan: 'training',
  approval: 'training',
  approval_timeout_secs: 'training',
  approval_default: 'training',
  agents: 'visualization',
  model_budget: 'visualization',
  budget_end: 'visualization',
};

/** New jobs from the finished steps of old ones. */
@Injectable()
export class ForksService {
  constructor(
    private readonly store: JobStore,
    private readonly jobs: JobsService,
  ) {}

  /** @throws {RequestError} 404; 409 where the step is not finished; 422 for a change that would have no effect */
  async fork(id: string, { from, changes = {} }: ForkJob, key: string | undefined): Promise<JobView> {
    refuseLateChanges(from, changes);
    const parent = await this.jobs.get(id);
    const call = key === undefined ? undefined : ({ scope: 'forks', key, body: { id, from, changes } } as const);
    const fork = await this.store.forkJob(id, merged(parent, from, changes), call);
    if (!fork) throw notFound('job', id);
    if (fork.run_no === 1 && !fork.final) await this.jobs.startClaimed(fork, { job_id: fork.id, run_no: 1, from });
    return fork;
  }
}

/** Of the gates only that of the plan is passed before the end. */
function readIn(name: keyof typeof READ_IN, { approval }: ForkChanges): Phase {
  const atTheEnd = approval === 'final' || approval === 'all';
  return name.startsWith('approval') && atTheEnd ? 'final_check' : READ_IN[name];
}

function refuseLateChanges(from: Phase, changes: ForkChanges): void {
  const read = Object.keys(READ_IN).map((name) => [name, readIn(name as keyof typeof READ_IN, changes)] as const);
  const late = read.filter(
    ([name, phase]) => changes[name as keyof ForkChanges] !== undefined && PHASES.indexOf(phase) < PHASES.indexOf(from),
  );
  if (late.length === 0) return;
  const earliest = PHASES.find((phase) => late.some(([, needed]) => needed === phase))!;
  const names = late.map(([name]) => name).join(', ');
  throw new RequestError(
    422,
    'change_too_late',
    `A fork at ${from} would not heed a change of ${names}.`,
    `Fork from "${earliest}", or leave the change out.`,
  );
}

/** Null takes an option back; what is not named is as in the parent. */
function merged(parent: JobView, from: Phase, changes: ForkChanges): NewFork {
  const { name = parent.name, prompt = parent.prompt, target_column, ...options } = changes;
  const named = Object.entries({ ...parent.options, ...options }).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return {
    from,
    name,
    prompt,
    target_column: target_column === undefined ? parent.requested_target_column : target_column,
    options: Object.fromEntries(named),
  };
}
