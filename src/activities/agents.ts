import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Agent, BuildInput, BuiltScript } from '../agents/agent';
import { columnsToRead } from '../agents/data-processor';
import type { BUILDER_OF_PHASE } from '../contracts/agents';
import type { AnalysisReport } from '../contracts/analysis';
import { Dataset } from '../contracts/dataset';
import { RUNTIME_CONTRACT, type RunConfig } from '../contracts/execution';
import { cut } from '../contracts/failure';
import type { JobView } from '../contracts/jobs';
import type { PlanOf } from '../contracts/plans';
import type { ScriptPhase } from '../contracts/status';
import type { AnalysisSummary, BuildSummary, StepInput } from '../contracts/steps';
import { isAnotherTurn, type AnotherTurn } from '../contracts/turns';
import type { Verdict } from '../contracts/verdict';
import { profileOf, uploadedFile } from '../entities';
import { countRepeatedRows, prepareDataset, readColumns, readEvenSample, readRows } from '../data';
import { writeRowIndex } from '../data/pages';
import type { Dependencies } from './dependencies';
import { StoredSteps } from './stored-steps';
import { ARTIFACT_OF_PHASE, SCRIPT_OF_PHASE, Workspace, publish, writeAtomically } from './workspace';

const SAMPLE_ROWS = 200;
const EVEN_ROWS = 20_000;
const DATE_VALUES = 200_000;

type BuildActivity = (step: StepInput) => Promise<BuildSummary | AnotherTurn>;
type JudgeActivity = (step: StepInput) => Promise<Verdict | AnotherTurn>;

/** Activity types carry agent and phase, so that a history reads by itself. */
export type AgentActivities = {
  'DataProcessor.analysis': (step: StepInput) => Promise<AnalysisSummary | AnotherTurn>;
} & { [P in ScriptPhase as `${(typeof BUILDER_OF_PHASE)[P]}.${P}`]: BuildActivity } & {
  [P in ScriptPhase as `Analyst.${P}`]: JudgeActivity;
};

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
  };
}

async function analyse(
  deps: Dependencies,
  steps: StoredSteps,
  step: StepInput,
): Promise<AnalysisSummary | AnotherTurn> {
  const { store, config, agents } = deps;
  const job = await steps.job(step);
  const workspace = new Workspace(config.codingDir, step.job_id);
  const report = await steps.askInTurns(agents.dataProcessor, 'analysis', step, async (signal) => {
    const dataset = await preparedOnce(deps, { job, step, workspace }, signal);
    const wanted = columnsToRead(dataset, steps.brief(job));
    const size = { rows: dataset.rows, columns: dataset.columns.length };
    return {
      job: steps.brief(job),
      dataset,
      sample: (await readRows(workspace.dataset, { offset: 0, limit: SAMPLE_ROWS })).rows,
      even: await readEvenSample(workspace.dataset, { ...size, limit: EVEN_ROWS }),
      repeated_rows: await countRepeatedRows(workspace.dataset, { ...size, bytes: dataset.bytes }),
      date_values: await readColumns(workspace.dataset, wanted.dates, DATE_VALUES),
      id_values: await readColumns(workspace.dataset, wanted.ids, DATE_VALUES),
    };
  });
  if (isAnotherTurn(report)) return report;
  await writeAtomically(workspace.file('dataset.json'), JSON.stringify(report.dataset, null, 2));
  await store.updateJob(step, { target_column: report.target.column, metric: report.metric });
  return {
    task: report.task,
    target: report.target.column,
    rows: report.dataset.rows,
    columns: report.dataset.columns.length,
    horizon: report.horizon,
  };
}

/** A version of a data set is prepared already, with the user's decisions; undefined for an upload as it came. */
async function takeVersion(source: string, workspace: Workspace): Promise<Dataset | undefined> {
  const profile = await readFile(profileOf(source), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (profile === undefined) return undefined;
  await publish(source, workspace.dataset);
  return Dataset.parse(JSON.parse(profile));
}

/** Preparing half a gigabyte takes a while: it is done in the first turn, and found by the others. */
async function preparedOnce(
  { store, config, datasets }: Dependencies,
  { job, step, workspace }: { job: JobView; step: StepInput; workspace: Workspace },
  signal: AbortSignal,
): Promise<Dataset> {
  const known = await store.getOutput(step.job_id, 'analysis', 'dataset', step.attempt);
  if (known) return Dataset.parse(known);
  const source = uploadedFile(config.uploadDir, job.dataset_path ?? '');
  const dataset =
    (await takeVersion(source, workspace)) ??
    (await prepareDataset({
      source,
      sourceName: path.basename(job.dataset_path ?? ''),
      destination: workspace.dataset,
      overrides: (await datasets.overridesOfJob(job.id)) ?? undefined,
      signal,
    }));
  await writeRowIndex(workspace.dataset);
  await store.saveOutput(step, 'analysis', step.attempt, 'dataset', dataset);
  return dataset;
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
    training: phase === 'training' ? null : await steps.training(step.job_id),
  }));
  if (isAnotherTurn(built)) return built;

  const workspace = new Workspace(deps.config.codingDir, step.job_id);
  const folder = workspace.file(workspace.attemptFolder(phase, step.attempt));
  const name = SCRIPT_OF_PHASE[phase];
  await writeAtomically(path.join(folder, name), built.script);
  const config = runConfig(await steps.job(step), report, built.plan, {
    phase,
    attempt: step.attempt,
    threads: Math.max(1, Math.floor(deps.config.execution.cpus)),
  });
  await writeAtomically(path.join(folder, 'config.json'), JSON.stringify(config, null, 2));
  await deps.store.saveScript(step, {
    script_type: phase,
    attempt: step.attempt,
    script_name: name,
    script_content: built.script,
    agent_name: builder.name,
  });
  return {
    script: path.join(workspace.attemptFolder(phase, step.attempt), name),
    rationale: cut(built.plan.rationale, 500),
  };
}

/** Paths are relative to the attempt's folder, two below the workspace, so that a person can run it by hand. */
function runConfig(
  job: JobView,
  report: AnalysisReport,
  plan: PlanOf[ScriptPhase],
  run: { phase: ScriptPhase; attempt: number; threads: number },
): RunConfig {
  const inWorkspace = (file: string) => path.posix.join('..', '..', file);
  return {
    schema_version: RUNTIME_CONTRACT,
    job_id: job.id,
    job_name: job.name,
    phase: run.phase,
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
