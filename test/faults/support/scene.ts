import path from 'node:path';
import type { JobView } from '../../../src/contracts/jobs';
import type { ScriptPhase } from '../../../src/contracts/status';
import type { ExecutionHandle } from '../../../src/engines/engine';
import { executionsOf, type Executions } from './executions';
import type { Installation } from './installation';
import { eventually } from './moments';
import type { Rows } from './rows';

export const DATASET = path.join(__dirname, '..', '..', '..', 'examples', 'bike_sharing_daily.csv');
export const JOB = {
  name: 'Bikes',
  prompt: 'Forecast the total rentals for the next 14 days',
  target_column: 'total_rentals',
  max_models: 3,
  seed: 11,
};
/** Far beyond any recovery: only a job that hangs meets it. */
const END_SECONDS = 400;

/** One job on one installation, and what a fault does to them. */
export class Scene {
  readonly executions: Executions;
  private job: string | undefined;
  private struckAt = 0;
  private recovery: Promise<number> | undefined;

  constructor(
    readonly installation: Installation,
    readonly rows: Rows,
  ) {
    this.executions = executionsOf(installation);
  }

  /** Of a job that somebody else has submitted. */
  static async of(installation: Installation, jobId: string): Promise<Scene> {
    const scene = new Scene(installation, await installation.rows());
    scene.job = jobId;
    return scene;
  }

  get jobId(): string {
    if (!this.job) throw new Error('The scene has no job yet.');
    return this.job;
  }

  /** Makes the job without its data. */
  async create(more: Record<string, unknown> = {}): Promise<string> {
    this.job = await this.installation.client.createJob({ ...JOB, ...more });
    return this.job;
  }

  async upload(): Promise<void> {
    await this.installation.client.upload(this.jobId, DATASET);
  }

  async submit(more: Record<string, unknown> = {}): Promise<void> {
    await this.create(more);
    await this.upload();
  }

  /** Resolves when the first model is trained and more are to come. */
  async untilMidTraining(): Promise<ExecutionHandle> {
    await eventually(
      'the first model is trained',
      240,
      async () => {
        const job = await this.row();
        return job?.status === 'training_model' && Number(job.models_trained) >= 1;
      },
      20,
    );
    return await this.running('training');
  }

  async running(phase: ScriptPhase): Promise<ExecutionHandle> {
    const { engine } = this.installation;
    const key = { job_id: this.jobId, phase, attempt: 1 };
    const handle = await engine.find(phase === 'training' ? { ...key, stage: 'train' } : key);
    if (!handle || !(await engine.inspect(handle)).running) throw new Error(`The ${phase} run is not running.`);
    return handle;
  }

  async row(): Promise<Record<string, unknown> | undefined> {
    return await this.rows.one('SELECT * FROM jobs WHERE id = ?', this.jobId);
  }

  /**
   * Does the harm and starts the clock: recovered is when API and Temporal answer and the job goes on.
   * @param revive what a person does afterwards; inside the time
   * @param goesOn how the job shows that it does; by an event that it wrote since, if nothing else is said
   */
  async strike(
    harm: () => Promise<void>,
    { revive, goesOn }: { revive?: () => Promise<void>; goesOn?: () => Promise<boolean> } = {},
  ): Promise<void> {
    await harm();
    this.struckAt = Date.now();
    const { event_seq: before } = (await this.row()) ?? {};
    await revive?.();
    const hasMoved = goesOn ?? (async () => Number((await this.row())?.event_seq) > Number(before));
    this.recovery = eventually(
      'the system has recovered',
      END_SECONDS,
      async () => (await hasMoved()) && (await this.installation.answers()),
    ).then(() => (Date.now() - this.struckAt) / 1000);
    this.recovery.catch(() => undefined);
  }

  /** Whether the training runs anew, in the place of a run that was killed. */
  async resumes(): Promise<boolean> {
    const second = "SELECT 1 FROM executions WHERE job_id = ? AND phase = 'training' AND incarnation = 2";
    return (await this.rows.one(second, this.jobId)) !== undefined;
  }

  /** Seconds from the harm until all was well again. */
  async recovered(): Promise<number> {
    if (!this.recovery) throw new Error('Nothing was struck.');
    return await this.recovery;
  }

  /** Polls REST as a client does that bears with a server which is away for a moment. */
  async final(): Promise<JobView> {
    return await eventually(
      'the job is final',
      END_SECONDS,
      async () => {
        const job = await this.installation.client.job(this.jobId);
        return job.final && job;
      },
      250,
    );
  }

  /**
   * Tries a moment that can be missed in each script phase in turn.
   * @param attempt whether it was hit
   */
  async inSomePhase(attempt: (phase: ScriptPhase) => Promise<boolean>): Promise<ScriptPhase> {
    for (const phase of ['training', 'prediction', 'visualization'] as const) if (await attempt(phase)) return phase;
    throw new Error('The moment was missed in every phase.');
  }
}
