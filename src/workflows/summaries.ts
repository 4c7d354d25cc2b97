import { BUILDER_OF_PHASE } from '../contracts/agents';
import type { ExecutionReport } from '../contracts/execution';
import { cut } from '../contracts/failure';
import type { Phase, ScriptPhase, TrainingStage } from '../contracts/status';
import type { AnalysisSummary, JobOutcome, StepInput } from '../contracts/steps';
import type { Verdict } from '../contracts/verdict';
import { SUMMARY_CHARACTERS } from './limits';
import type { ScriptRun } from './proxies';

/** What a person reads beside each activity and on top of the run in the Temporal UI. */
export const describe = {
  analysis: (name: string) => summary(`Read and analyse the data of "${name}"`),
  build: (phase: ScriptPhase, step: StepInput) =>
    summary(`${BUILDER_OF_PHASE[phase]} writes the ${phase} script, attempt ${step.attempt}`),
  execute: (jobId: string, { phase, stage }: ScriptRun, step: StepInput) =>
    summary(
      `${stage ? DOES[stage] : `Run the ${phase} script`}, attempt ${step.attempt}, ` +
        `in ${jobId.slice(0, 8)}-${phase}-${step.attempt}${stage ? `-${stage}` : ''}`,
    ),
  consult: (name: string, phase: Phase) => summary(`${name} says what it thinks of ${phase}`),
  trial: (step: StepInput, trial: number) =>
    summary(`Try a plan for training attempt ${step.attempt} on a sample, trial ${trial}`),
  judge: (phase: ScriptPhase, execution: ExecutionReport) =>
    summary(`Judge ${phase} attempt ${execution.attempt}: ${scoreOf(execution)}`),

  analysed: (result: AnalysisSummary) =>
    `**${result.task}** of \`${result.target}\`: ${result.rows} rows, ${result.columns} columns` +
    (result.horizon ? `, ${result.horizon} steps ahead` : ''),
  judged: (phase: ScriptPhase, execution: ExecutionReport, verdict: Verdict) =>
    `**${phase}** attempt ${execution.attempt} in \`${execution.container}\`: ${scoreOf(execution)}. ` +
    `Analyst: **${verdict.decision}**. ${cut(verdict.summary, 300)}`,
  ended: (outcome: JobOutcome) =>
    `Job **${outcome.status}**.` + (outcome.failure ? ` ${outcome.failure.message} ${outcome.failure.hint}` : ''),
};

const DOES: Record<TrainingStage, string> = {
  seal: 'Seal rows that training never has',
  train: 'Train on the rows that are not sealed',
  evaluate: 'Judge the model on the sealed rows, then train it on all',
};

function summary(text: string): { summary: string } {
  return { summary: cut(text.replace(/[^\x20-\x7e]/g, '?'), SUMMARY_CHARACTERS) };
}

function scoreOf(execution: ExecutionReport): string {
  if (!execution.succeeded) return `failed (${execution.failure?.code ?? execution.exit})`;
  if (execution.score === null || !execution.metric) return `succeeded in ${Math.round(execution.seconds)} s`;
  const naive = execution.baseline_score === null ? '' : `, naive ${execution.baseline_score.toPrecision(4)}`;
  return `${execution.metric} ${execution.score.toPrecision(4)}${naive}`;
}
