import type { ExecutionReport } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import { PHASES, type FinalStatus, type Phase, type ScriptPhase } from '../contracts/status';
import type { FinalCheck } from '../contracts/steps';
import type { Verdict } from '../contracts/verdict';
import { MAX_FIX_ATTEMPTS } from './limits';

/** Whether a run that begins at `from` has this phase behind it, from stored outputs. */
export function isBehind(phase: Phase, from: Phase): boolean {
  return PHASES.indexOf(phase) < PHASES.indexOf(from);
}

export type NextStep = { go: 'on' } | { go: 'repair' } | { go: 'give_up'; failure: Failure };

/** What follows a verdict on attempt number `made` (from 1) of this run at a script phase. */
export function afterVerdict(phase: ScriptPhase, made: number, verdict: Verdict, execution: ExecutionReport): NextStep {
  switch (verdict.decision) {
    case 'SUCCESS':
      return { go: 'on' };
    case 'NEEDS_FIX':
      if (made <= MAX_FIX_ATTEMPTS) return { go: 'repair' };
      return {
        go: 'give_up',
        failure: incomplete(phase, `${made} attempts did not succeed. ${verdict.summary}`, execution),
      };
    case 'INCOMPLETE':
      return { go: 'give_up', failure: incomplete(phase, verdict.summary, execution) };
  }
}

/** The script's own failure is the most useful word on why a phase could not be finished. */
function incomplete(phase: ScriptPhase, summary: string, execution: ExecutionReport): Failure {
  if (execution.failure) return execution.failure;
  return {
    category: 'model',
    code: `${phase}_incomplete`,
    message: summary,
    hint: `Read the job's reports and logs, change the goal, the options or the data, and retry from ${phase}.`,
  };
}

/** Once a model is trained, a later phase's failure leaves something worth keeping: `partial`, not `failed`. */
export function isWorthKeeping(failedPhase: Phase): boolean {
  return failedPhase === 'prediction' || failedPhase === 'visualization';
}

/** The status a finished job ends with; nothing but artefacts that were found and checked make it `completed`. */
export function finalStatus(check: FinalCheck, failure: Failure | null): FinalStatus {
  return check.missing.length === 0 && failure === null ? 'completed' : 'partial';
}
