import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Config } from '../../config';
import { AnalysisReport } from '../../contracts/analysis';
import type { JobView, PlanView, RevisePlan, StatusChange } from '../../contracts/jobs';
import { applyPlanEdits, planBounds, planProblems } from '../../contracts/plan-edits';
import { TrainingPlan } from '../../contracts/plans';
import { REVISE } from '../../contracts/questions';
import { JobStore } from '../../entities';
import { RequestError } from '../common/problem';
import { CONFIG } from '../common/tokens';
import { ControlsService } from './controls.service';
import { JobsService } from './jobs.service';

type Change = z.infer<typeof StatusChange>;

/** A job's training plan as its user sees and changes it. */
@Injectable()
export class PlansService {
  constructor(
    private readonly store: JobStore,
    private readonly jobs: JobsService,
    private readonly controls: ControlsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws {RequestError} 404, or 409 while the job may still make one */
  async get(id: string): Promise<PlanView> {
    const job = await this.jobs.get(id);
    const attempt = await this.store.standingAttempt(id, 'training');
    const [report, plan] = await Promise.all([this.report(id), this.plan(id, attempt)]);
    if (!report || !plan) throw noPlan(job);
    const bounds = planBounds(report, plan, this.config.training.maxModels);
    const open = mayRevise(job) && !job.cancel_requested;
    return { attempt, plan, edits: job.options.plan ?? {}, bounds, open };
  }

  /**
   * Has the plan that waits for its approval made again with these changes, and asked about again; of a result that
   * waits, the training.
   * @throws {RequestError} 404; 409 where neither waits; 422 where the changes do not fit; 503 where nobody heard it
   */
  async revise(id: string, changes: RevisePlan): Promise<Change> {
    const job = await this.jobs.get(id);
    this.controls.refuseUnlessAwaiting(job, ['plan', 'final']);
    if (!mayRevise(job)) throw trainedOften();
    await this.save(id, changes);
    await this.controls.tell(job, REVISE);
    const message =
      job.question === 'final'
        ? 'The job is trained again with the changes.'
        : 'The plan is made again with the changes, and waits for your approval then.';
    return { message, previous_status: job.status };
  }

  /**
   * Runs a job again; with changes of the plan from its training, which is planned with them.
   * @throws {RequestError} as `JobsService.retry`; 422 where the changes do not fit
   */
  async retry(id: string, { from, plan }: { from?: JobView['phase']; plan?: RevisePlan }): Promise<Change> {
    if (plan === undefined) return await this.jobs.retry(id, from ?? undefined);
    if (from !== undefined && from !== 'training' && from !== 'analysis') {
      const hint = 'Leave `from` out, or retry from "training".';
      throw new RequestError(422, 'plan_without_training', `A retry from ${from} trains nothing.`, hint);
    }
    return await this.jobs.retry(id, from ?? 'training', () => this.save(id, plan));
  }

  /** Checked against the data where it has been analysed; where not, the agent does it. */
  private async save(id: string, { max_models, max_runtime_secs, ...edits }: RevisePlan): Promise<void> {
    const report = await this.report(id);
    const plan = await this.plan(id, await this.store.standingAttempt(id, 'training'));
    if (report && plan) {
      const edited = applyPlanEdits(plan, edits);
      const models = max_models ?? edited.max_models;
      const bounds = planBounds(report, plan, this.config.training.maxModels);
      const problems = planProblems({ ...edited, max_models: models }, bounds);
      if (problems.length > 0) {
        const hint = 'GET /jobs/{id}/plan says what each field may be.';
        throw new RequestError(422, 'plan_edits_unfit', `The changes do not fit: ${problems.join('; ')}.`, hint);
      }
    }
    await this.store.changePlan(id, { plan: edits, max_models, max_runtime_secs });
  }

  private async report(id: string): Promise<AnalysisReport | undefined> {
    return AnalysisReport.safeParse(await this.output(id, 'analysis', 'DataProcessor')).data;
  }

  private async plan(id: string, attempt: number): Promise<TrainingPlan | undefined> {
    const built = (await this.output(id, 'training', 'ModelBuilder', attempt)) as { plan?: unknown } | undefined;
    return TrainingPlan.safeParse(built?.plan).data;
  }

  private async output(id: string, phase: 'analysis' | 'training', agent: string, attempt?: number) {
    const recorded = (await this.store.getOutput(id, phase, agent, attempt)) as { output?: unknown } | undefined;
    return recorded?.output;
  }
}

/** A question of an older version has no choices with it. */
function mayRevise({ question, question_detail: detail }: JobView): boolean {
  return detail ? detail.choices.some(({ id }) => id === REVISE) : question === 'plan';
}

function trainedOften(): RequestError {
  const hint = 'Keep the result or reject it, and fork the job to go another way.';
  return new RequestError(409, 'trained_often', 'The job has been trained again often enough.', hint);
}

function noPlan(job: JobView): RequestError {
  if (job.final) {
    return new RequestError(404, 'no_plan', 'The job ended before its training was planned.', 'Retry the job.');
  }
  return new RequestError(409, 'not_ready', 'The training is not planned yet.', 'Ask again once it is at `training`.');
}
