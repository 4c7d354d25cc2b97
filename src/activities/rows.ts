import type { JobOptions, JobRun } from '../contracts/jobs';
import type { DoubtName, GivenAnswer } from '../contracts/questions';
import { PHASES, PROGRESS_OF_PHASE, STATUS_OF_PHASE, type Phase } from '../contracts/status';
import type { JobOutcome, RunStart } from '../contracts/steps';
import type { BudgetQuestion } from '../contracts/turns';
import type { Dependencies } from './dependencies';
import { superseded } from './errors';
import { createQuestions } from './question-rows';
import { gatesOf } from './questions';

/** A question of the analysis, by the attempt that asked it. */
interface DoubtRef {
  name: DoubtName;
  attempt: number;
}

/** What the workflow writes itself: short rows, each idempotent, run as local activities. */
export interface RowActivities {
  beginRun(run: JobRun): Promise<RunStart>;
  beginPhase(run: JobRun, phase: Phase, attempt: number): Promise<void>;
  finishPhase(run: JobRun, phase: Phase, attempt: number): Promise<void>;
  failAttempt(run: JobRun, phase: Phase, attempt: number, why: string): Promise<void>;
  /** The user has changed the plan before it ran. */
  reviseAttempt(run: JobRun, phase: Phase, attempt: number): Promise<void>;
  /** One of several drafts is judged; whether it is kept is decided after the last one. */
  finishDraft(run: JobRun, attempt: number, verdict: { good: boolean; why: string }): Promise<void>;
  /** The job waits for a user. */
  wait(run: JobRun, status: 'paused' | 'awaiting_user_input', waitingFor: string): Promise<void>;
  goOn(run: JobRun, phase: Phase): Promise<void>;
  askForApproval(run: JobRun, attempt: number): Promise<void>;
  /** The budget for models is used up, and the user is to say how to go on. */
  askAboutBudget(run: JobRun, question: BudgetQuestion): Promise<void>;
  /** The result is there, and the user wants to see it before the job ends. */
  askAboutResult(run: JobRun, shown: { round: number; mayRevise: boolean }): Promise<void>;
  /** The data leave something open, and the user is to say what. */
  askAboutData(run: JobRun, doubt: DoubtRef): Promise<void>;
  /** Keeps the answer for the analysis, which goes on with it. */
  settleDoubt(run: JobRun, doubt: DoubtRef, answer: GivenAnswer): Promise<void>;
  /** What came of a question goes into the conversation once, and the job goes on. */
  recordAnswer(run: JobRun, phase: Phase, answer: GivenAnswer): Promise<void>;
  endRun(run: JobRun, outcome: JobOutcome): Promise<void>;
}

const DOING: Record<Phase, string> = {
  analysis: 'Reading and analysing the data',
  training: 'Preparing the training',
  prediction: 'Preparing the predictions',
  visualization: 'Drawing the plot',
  final_check: 'Checking what is there',
};

function searchOf({ search = 1 }: JobOptions): Pick<RunStart, 'search'> {
  return search > 1 ? { search } : {};
}

function advisorsOf({ agents }: Pick<Dependencies, 'agents'>): Pick<RunStart, 'advisors'> {
  const advisors = agents.advisors.map(({ name, after }) => ({ name, after }));
  return advisors.length > 0 ? { advisors } : {};
}

export function createRowActivities(deps: Dependencies): RowActivities {
  const { store } = deps;
  return {
    ...createQuestions(deps),

    async beginRun(run) {
      const job = await store.getJob(run.job_id);
      if (!job || job.run_no !== run.run_no) throw superseded(run.job_id);
      const attempts = await Promise.all(PHASES.map((phase) => store.lastAttempt(run.job_id, phase, run.run_no)));
      const pairs = PHASES.map((phase, index) => [phase, attempts[index]]);
      await store.updateJob(run, { started_at: new Date().toISOString() });
      return {
        name: job.name,
        last_attempt: Object.fromEntries(pairs) as RunStart['last_attempt'],
        ...gatesOf(job.options),
        ...searchOf(job.options),
        ...((await store.awaitsInheritance(run.job_id)) ? { inherits: true } : {}),
        ...advisorsOf(deps),
      };
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

    async reviseAttempt(run, phase, attempt) {
      const detail = 'The user changed the plan before it ran.';
      await store.finishAttempt(run, phase, attempt, { outcome: 'revised', detail });
    },

    async finishDraft(run, attempt, { good, why }) {
      const outcome = good ? 'succeeded' : 'not_chosen';
      await store.finishAttempt(run, 'training', attempt, { outcome, detail: good ? null : why });
    },

    async wait(run, status, waitingFor) {
      await store.updateJob(run, { status, waiting_for: waitingFor, doing: null });
    },

    async goOn(run, phase) {
      await store.updateJob(run, { status: STATUS_OF_PHASE[phase], waiting_for: null });
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
