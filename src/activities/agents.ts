import path from 'node:path';
import type { Agent, BuildInput, BuiltScript } from '../agents/agent';
import { renderTrainingScripts } from '../agents/scripts';
import type { BUILDER_OF_PHASE } from '../contracts/agents';
import type { AnalysisReport } from '../contracts/analysis';
import { RUNTIME_CONTRACT, type RunConfig } from '../contracts/execution';
import { cut } from '../contracts/failure';
import type { JobView } from '../contracts/jobs';
import type { PlanOf, TrainingPlan } from '../contracts/plans';
import { TRAINING_STAGES, type ScriptPhase, type TrainingStage } from '../contracts/status';
import type { AnalysisSummary, BuildSummary, StepInput } from '../contracts/steps';
import { isAnotherTurn, type AnotherTurn } from '../contracts/turns';
import type { Verdict } from '../contracts/verdict';
import { analyse } from './analysis';
import { createAdvisorActivities, type AdvisorActivities } from './advisors';
import type { Dependencies } from './dependencies';
import { StoredSteps } from './stored-steps';
import { ARTIFACT_OF_PHASE, beside, SCRIPT_OF_PHASE, scriptOf, Workspace, writeAtomically } from './workspace';

type BuildActivity = (step: StepInput) => Promise<BuildSummary | AnotherTurn>;
type JudgeActivity = (step: StepInput) => Promise<Verdict | AnotherTurn>;

/** Activity types carry agent and phase, so that a history reads by itself. */
export type AgentActivities = {
  'DataProcessor.analysis': (step: StepInput) => Promise<AnalysisSummary | AnotherTurn>;
} & { [P in ScriptPhase as `${(typeof BUILDER_OF_PHASE)[P]}.${P}`]: BuildActivity } & {
  [P in ScriptPhase as `Analyst.${P}`]: JudgeActivity;
} & AdvisorActivities;

/**
 * The agents as activities. Each answer is recorded before anything else happens with it, and asked for once. Each turn
 * of an agent with a model is an execution of its own: `ANOTHER_TURN` asks the workflow for the next one.
 */
export function createAgentActivities(deps: Dependencies): AgentActivities {
  const steps = new StoredSteps(deps);
  const build = (phase: ScriptPhase) => (step: StepInput) => buildScript(deps, steps, phase, step);
  const judge = (phase: ScriptPhase) => (step: StepInput) => judgeExecution(deps, steps, phase, step);
  return {
    'DataProcessor.analysis': (step) => analyse(deps, steps, step),
    'ModelBuilder.training': build('training'),
    'Prediction.prediction': build('prediction'),
    'Visualization.visualization': build('visualization'),
    'Analyst.training': judge('training'),
    'Analyst.prediction': judge('prediction'),
    'Analyst.visualization': judge('visualization'),
    ...createAdvisorActivities(deps, steps),
  };
}

async function buildScript<P extends ScriptPhase>(
  deps: Dependencies,
  steps: StoredSteps,
  phase: P,
  step: StepInput,
): Promise<BuildSummary | AnotherTurn> {
  const builder = deps.agents.builders[phase] as Agent<BuildInput<P>, BuiltScript<P>>;
  const report = await steps.analysis(step.job_id);
  const built = await steps.askInTurns(builder, phase, step, async () => ({
    phase,
    attempt: step.attempt,
    job: steps.brief(await steps.job(step)),
    report,
    limits: steps.limits(),
    past: await steps.past(step.job_id, phase, step.attempt),
    revised: await steps.revised(step.job_id, phase, step.attempt),
    training: phase === 'training' ? null : await steps.training(step.job_id),
    ...(step.draft && { draft: step.draft }),
  }));
  if (isAnotherTurn(built)) return built;

  const job = await steps.job(step);
  const workspace = new Workspace(deps.config.codingDir, step.job_id);
  const folder = workspace.attemptFolder(phase, step.attempt);
  const threads = Math.max(1, Math.floor(deps.config.execution.cpus));
  const runs = runsOf(phase, job, step.attempt, built);
  for (const { stage, script } of runs) {
    const config = runConfig(job, report, built.plan, { phase, stage, attempt: step.attempt, threads });
    await writeRun(workspace.file(beside(folder, stage)), { name: scriptOf(phase, stage), script, config });
  }
  const name = SCRIPT_OF_PHASE[phase];
  await deps.store.saveScript(step, {
    script_type: phase,
    attempt: step.attempt,
    script_name: name,
    script_content: runs.find(({ stage }) => stage === undefined || stage === 'train')!.script,
    agent_name: builder.name,
  });
  return {
    script: path.join(folder, name),
    rationale: cut(built.plan.rationale, 500),
    ...(phase === 'training' && { stages: [...TRAINING_STAGES] }),
  };
}

/** The runs of an attempt, with what each executes. A training that an older version wrote as one script is split. */
function runsOf(
  phase: ScriptPhase,
  job: JobView,
  attempt: number,
  built: BuiltScript,
): { stage?: TrainingStage; script: string }[] {
  if (phase !== 'training') return [{ script: built.script }];
  const { stages, script } = built;
  const brief = { job_name: job.name, prompt: job.prompt, attempt };
  const scripts = stages ? { ...stages, train: script } : renderTrainingScripts(built.plan as TrainingPlan, brief);
  return TRAINING_STAGES.map((stage) => ({ stage, script: scripts[stage] }));
}

/** What a run has in its folder when it begins. */
export async function writeRun(
  folder: string,
  { name, script, config }: { name: string; script: string; config: RunConfig },
): Promise<void> {
  await writeAtomically(path.join(folder, name), script);
  await writeAtomically(path.join(folder, 'config.json'), JSON.stringify(config, null, 2));
}

/** Paths are relative to the attempt's folder, two below the workspace, so that a person can run it by hand. */
export function runConfig(
  job: JobView,
  report: AnalysisReport,
  plan: PlanOf[ScriptPhase],
  run: { phase: ScriptPhase; stage?: TrainingStage; attempt: number; threads: number },
): RunConfig {
  const inWorkspace = (file: string) => path.posix.join('..', '..', file);
  return {
    schema_version: RUNTIME_CONTRACT,
    job_id: job.id,
    job_name: job.name,
    phase: run.phase,
    stage: run.stage ?? null,
    attempt: run.attempt,
    dataset: {
      path: inWorkspace('dataset.csv'),
      sha256: report.dataset.sha256,
      rows: report.dataset.rows,
      columns: report.dataset.columns.map(({ name, type }) => ({ name, type })),
    },
    plan,
    output: 'out',
    model: run.phase === 'training' ? null : inWorkspace(ARTIFACT_OF_PHASE.training.file),
    predictions: run.phase === 'visualization' ? inWorkspace(ARTIFACT_OF_PHASE.prediction.file) : null,
    split: run.stage && run.stage !== 'seal' ? inWorkspace('split.json') : null,
    sealed: run.stage === 'evaluate' ? inWorkspace('sealed_rows.json') : null,
    candidate: run.stage === 'evaluate' ? inWorkspace('candidate.zip') : null,
    threads: run.threads,
  };
}

async function judgeExecution(
  deps: Dependencies,
  steps: StoredSteps,
  phase: ScriptPhase,
  step: StepInput,
): Promise<Verdict | AnotherTurn> {
  return await steps.askInTurns(deps.agents.analyst, phase, step, async () => {
    const built = await steps.built(step.job_id, phase, step.attempt);
    return {
      phase,
      attempt: step.attempt,
      attempts_left: step.attempts_left,
      job: steps.brief(await steps.job(step)),
      report: await steps.analysis(step.job_id),
      plan: built.plan,
      script: built.script,
      execution: await steps.execution(step.job_id, phase, step.attempt),
      result: await steps.result(step.job_id, phase, step.attempt),
      past: await steps.past(step.job_id, phase, step.attempt),
    };
  });
}
