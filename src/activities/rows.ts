import type { JobRun } from '../contracts/jobs';
import { PHASES, PROGRESS_OF_PHASE, STATUS_OF_PHASE, type Phase } from '../contracts/status';
import type { JobOutcome, RunStart } from '../contracts/steps';
import type { Dependencies } from './dependencies';
import { superseded } from './errors';

/** What the workflow writes itself: short rows, each idempotent, run as local activities. */
export interface RowActivities {
  beginRun(run: JobRun): Promise<RunStart>;
  beginPhase(run: JobRun, phase: Phase, attempt: number): Promise<void>;
  finishPhase(run: JobRun, phase: Phase, attempt: number): Promise<void>;
  failAttempt(run: JobRun, phase: Phase, attempt: number, why: string): Promise<void>;
  endRun(run: JobRun, outcome: JobOutcome): Promise<void>;
}

const DOING: Record<Phase, string> = {
  analysis: 'Reading and analysing the data',
  training: 'Preparing the training',
  prediction: 'Preparing the predictions',
  visualization: 'Drawing the plot',
  final_check: 'Checking what is there',
};

export function createRowActivities({ store }: Dependencies): RowActivities {
  return {
    async beginRun(run) {
      const job = await store.getJob(run.job_id);
      if (!job || job.run_no !== run.run_no) throw superseded(run.job_id);
      const attempts = await Promise.all(PHASES.map((phase) => store.lastAttempt(run.job_id, phase, run.run_no)));
      const pairs = PHASES.map((phase, index) => [phase, attempts[index]]);
      await store.updateJob(run, { started_at: new Date().toISOString() });
      return { name: job.name, last_attempt: Object.fromEntries(pairs) as RunStart['last_attempt'] };
    },

    async beginPhase(run, phase, attempt) {
      await store.openAttempt(run, phase, attempt);
      const [progress] = PROGRESS_OF_PHASE[phase];
      await store.updateJob(run, { status: STATUS_OF_PHASE[phase], phase, progress, doing: DOING[phase] });
    },

    async finishPhase(run, phase, attempt) {
      await store.finishAttempt(run, phase, attempt, { outcome: 'succeeded' });
      await store.updateJob(run, { progress: PROGRESS_OF_PHASE[phase][1] });
    },

    async failAttempt(run, phase, attempt, why) {
      await store.finishAttempt(run, phase, attempt, { outcome: 'failed', detail: why });
    },

    async endRun(run, { status, failure }) {
      await store.updateJob(run, {
        status,
        error: failure,
        doing: null,
        waiting_for: null,
        finished_at: new Date().toISOString(),
      });
    },
  };
}
