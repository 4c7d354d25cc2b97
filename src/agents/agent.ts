import type { AgentName } from '../contracts/agents';
import type { AnalysisReport } from '../contracts/analysis';
import type { Dataset } from '../contracts/dataset';
import type { ExecutionReport, RuntimeResult } from '../contracts/execution';
import type { JobOptions } from '../contracts/jobs';
import type { PlanEdits } from '../contracts/plan-edits';
import type { PlanOf } from '../contracts/plans';
import type { Phase, ScriptPhase } from '../contracts/status';
import type { Draft } from '../contracts/steps';
import type { Correction, Verdict } from '../contracts/verdict';
import type { EvenSample } from '../data';
import type { ModelTwin } from './twin';

/** What the user asked for. */
export interface JobBrief {
  job_id: string;
  name: string;
  /** The goal, in the user's words, in any language. */
  prompt: string;
  target_column: string | null;
  options: JobOptions;
}

/** What the installation allows; plans stay inside it. */
export interface Limits {
  /** Of Java, inside `memory_mb`, which is all that an execution may take. */
  heap_mb: number;
  memory_mb: number;
  max_models: number;
  /** Training budget, seconds, where one is configured. */
  max_runtime_secs: number | null;
  cpus: number;
  /** Whether feature functions of a plan may run: in containers only. */
  functions: boolean;
}

/** An earlier attempt at the same phase: its plan, how it ran, what the Analyst said. */
export interface PastAttempt<P extends ScriptPhase = ScriptPhase> {
  attempt: number;
  plan: PlanOf[P];
  /** What the user had decided of the training plan by then. */
  edits?: PlanEdits;
  execution: ExecutionReport;
  verdict: Verdict;
}

export interface AnalysisInput {
  job: JobBrief;
  dataset: Dataset;
  /** The first rows of the canonical file, as strings. */
  sample: Record<string, string>[];
  /** Rows from all over the file, or all of a small one. */
  even: EvenSample;
  /** Rows that repeat an earlier one in every cell; null where that was not looked at. */
  repeated_rows: number | null;
  /** Each date or datetime column's values (ISO, empty where missing), in file order, at most 200,000 rows. */
  date_values: Record<string, string[]>;
  /** The same rows of the columns that may name a series or belong to one; see `columnsToRead`. */
  id_values: Record<string, string[]>;
}

export interface BuildInput<P extends ScriptPhase = ScriptPhase> {
  phase: P;
  attempt: number;
  job: JobBrief;
  report: AnalysisReport;
  limits: Limits;
  past: PastAttempt<P>[];
  /** The plan that its user changed before it ran, where this one is made in its place. */
  revised?: PlanOf[P];
  /** The training that the later phases build on; null while training. */
  training: { plan: PlanOf['training']; result: RuntimeResult } | null;
  /** Which of several drafts is to be made, of which the best will be kept. */
  draft?: Draft;
}

export interface BuiltScript<P extends ScriptPhase = ScriptPhase> {
  plan: PlanOf[P];
  script_name: string;
  script: string;
  /** A training's other runs: what seals rows before, and what judges on them afterwards. Older ones did all in one. */
  stages?: { seal: string; evaluate: string };
  /** The corrections of the last verdict that this plan applies. */
  applied: Correction[];
  /** What the user has decided of a training plan. */
  edits?: PlanEdits;
}

export interface ExecuteInput {
  phase: ScriptPhase;
  attempt: number;
  execution: ExecutionReport;
  result: RuntimeResult | null;
}

export interface JudgeInput {
  phase: ScriptPhase;
  attempt: number;
  /** Attempts still allowed after this one. */
  attempts_left: number;
  job: JobBrief;
  report: AnalysisReport;
  plan: PlanOf[ScriptPhase];
  script: string;
  execution: ExecutionReport;
  result: RuntimeResult | null;
  past: PastAttempt[];
}

/** An agent's answer with what a person reads about it. */
export interface AgentAnswer<Output> {
  output: Output;
  /** What the agent says, one or more messages in plain words. */
  messages: string[];
  /** A Markdown report, where the step deserves one. */
  report?: { title: string; content: string; metadata: Record<string, unknown> };
}

/** One implementation of an agent's contract. @throws {AutomlError} where no answer can be right. */
export type AgentImplementation<Input, Output> = (
  input: Input,
  context: { signal: AbortSignal },
) => Promise<AgentAnswer<Output>>;

/** An agent: one typed contract, a template that always works, and optionally a model-driven twin. */
export interface Agent<Input, Output> {
  name: AgentName;
  /** What it does, in a phrase, for people. */
  role: string;
  template: AgentImplementation<Input, Output>;
  llm?: ModelTwin<Input, Output>;
}

/** What an advisor looks at: a phase that is done. */
export interface AdviceInput {
  phase: AdvisedPhase;
  attempt: number;
  job: JobBrief;
  report: AnalysisReport;
  /** The training so far; null after the analysis. */
  training: { plan: PlanOf['training']; result: RuntimeResult } | null;
}

export type AdvisedPhase = Exclude<Phase, 'final_check'>;

/** What an advisor has to say. It changes nothing: users read it. */
export interface Advice {
  summary: string;
}

/** An agent that is asked about a phase when it is done. This is how an agent joins the six: a folder and a line. */
export interface Advisor extends Agent<AdviceInput, Advice> {
  after: AdvisedPhase;
}

/** The registry's shape: one line an agent (see index.ts). `build` says which script phase it writes. */
export interface Agents {
  analyst: Agent<JudgeInput, Verdict>;
  dataProcessor: Agent<AnalysisInput, AnalysisReport>;
  codeExecutor: Agent<ExecuteInput, ExecutionReport>;
  builders: { [P in ScriptPhase]: Agent<BuildInput<P>, BuiltScript<P>> };
  advisors: readonly Advisor[];
}
