import { ALGORITHMS, type Algorithm } from '../../contracts/plans';
import type { Correction, Verdict } from '../../contracts/verdict';
import type { AgentImplementation, JudgeInput } from '../agent';
import { scoreInWords } from '../score-words';
import { list, quoted } from '../text';
import { type Case, CASES } from './decisions';
import { ARTIFACT_OF, evidenceOf } from './evidence';
import { failurePage, qualityPage } from './report';

/** Judges one execution by what was measured, never by what anybody says about it. */
export const judge: AgentImplementation<JudgeInput, Verdict> = async (input) => {
  const verdict = decide(input);
  const messages = [verdict.summary];
  if (verdict.corrections.length > 0) messages.push(`To change: ${list(verdict.corrections.map(inWords))}.`);
  if (verdict.decision === 'INCOMPLETE') {
    return { output: verdict, messages, report: failurePage(input, verdict) };
  }
  const good = verdict.decision === 'SUCCESS' && input.phase === 'training' && input.result !== null;
  return good
    ? { output: verdict, messages, report: qualityPage(input, verdict, input.result!) }
    : { output: verdict, messages };
};

function decide(input: JudgeInput): Verdict {
  const problem = findProblem(input);
  const evidence = evidenceOf(input);
  if (!problem) return { decision: 'SUCCESS', summary: praise(input), evidence, corrections: [], missing: [] };
  const missing = [ARTIFACT_OF[input.phase].words, problem.needs];
  if (problem.corrections.length === 0) {
    const summary = `${problem.summary} No further attempt can mend this; it needs ${problem.needs}.`;
    return { decision: 'INCOMPLETE', summary, evidence, corrections: [], missing };
  }
  if (input.attempts_left === 0) {
    const summary = `${problem.summary} There is no attempt left; it needs ${problem.needs}.`;
    return { decision: 'INCOMPLETE', summary, evidence, corrections: [], missing };
  }
  const summary = `${problem.summary} The next attempt is made differently.`;
  return { decision: 'NEEDS_FIX', summary, evidence, corrections: problem.corrections, missing: [] };
}

interface Problem {
  /** A sentence. */
  summary: string;
  corrections: Correction[];
  needs: string;
}

function findProblem(input: JudgeInput): Problem | undefined {
  return failed(input) ?? withoutArtifact(input) ?? withoutMetrics(input) ?? withoutRows(input);
}

/** The engine's exit state, the exit code and the result must all say that it succeeded. */
function failed(input: JudgeInput): Problem | undefined {
  const { execution, result, phase } = input;
  const ended = execution.exit === 'exited' && execution.exit_code === 0;
  if (execution.succeeded && ended && result?.status === 'succeeded') return undefined;
  const found = CASES.find((row) => fits(row, input)) ?? CASES.at(-1)!;
  const reason = execution.failure?.message ?? result?.failure?.message ?? 'it left no valid result';
  const summary = `The ${phase} script failed (${found.name}): ${reason.slice(0, 600).replace(/\.?$/, '.')}`;
  return { summary, corrections: found.mend(input), needs: found.needs };
}

function fits(row: Case, { execution, result }: JudgeInput): boolean {
  if (row.exits?.includes(execution.exit)) return true;
  const failure = execution.failure ?? result?.failure;
  if (!failure) return false;
  return row.codes?.includes(failure.code) === true || row.categories?.includes(failure.category) === true;
}

function withoutArtifact({ phase, execution }: JudgeInput): Problem | undefined {
  const wanted = ARTIFACT_OF[phase];
  if (execution.artifacts.some((artifact) => artifact.kind === wanted.kind && artifact.bytes > 0)) return undefined;
  return {
    summary: `The ${phase} script says it succeeded but did not write ${wanted.words}.`,
    corrections: [{ kind: 'regenerate', reason: 'the file is what this phase is for' }],
    needs: 'a look at the logs of the execution',
  };
}

/** A model whose quality nobody can state is no result. */
function withoutMetrics({ phase, result }: JudgeInput): Problem | undefined {
  if (phase !== 'training' || result === null) return undefined;
  if (Object.values(result.metrics).some((value) => value !== null && Number.isFinite(value))) return undefined;
  const best = ALGORITHMS.find((name) => name === result.best_model?.algorithm);
  return {
    summary: 'No metric could be computed on the unseen rows.',
    corrections: [best ? exclude(best) : { kind: 'regenerate', reason: 'another model may be measurable' }],
    needs: 'unseen rows on which a metric can be computed',
  };
}

function exclude(algorithm: Algorithm): Correction {
  return { kind: 'exclude_algorithm', algorithm, reason: 'its predictions of the unseen rows are not usable' };
}

function withoutRows({ phase, result }: JudgeInput): Problem | undefined {
  if (phase !== 'prediction' || (result?.rows.predicted ?? 0) > 0) return undefined;
  return {
    summary: 'The prediction script wrote a file without a single predicted row.',
    corrections: [{ kind: 'regenerate', reason: 'there must be rows to predict' }],
    needs: 'rows to predict',
  };
}

/** A success in words; that the model beats nothing is said before anything else. */
function praise(input: JudgeInput): string {
  const { phase, execution, result } = input;
  if (phase === 'prediction') return `The predictions are complete: ${result?.rows.predicted} rows.`;
  if (phase === 'visualization') return 'The plot is drawn.';
  const score =
    scoreInWords(execution, result) ?? `The metric ${execution.metric ?? ''} could not be computed; others could.`;
  const best = result?.best_model ? ` Best model: ${result.best_model.model_id} (${result.best_model.algorithm}).` : '';
  if (execution.skill !== null && execution.skill <= 0) {
    return `The model is no better than the naive baseline. ${score}${best} It is kept; the naive forecast would do as well.`;
  }
  return `The training succeeded. ${score}${best}`;
}

/** A correction as a person would ask for it. */
export function inWords(correction: Correction): string {
  switch (correction.kind) {
    case 'exclude_algorithm':
      return `leave out ${correction.algorithm} because ${correction.reason}`;
    case 'limit_models':
      return `train at most ${correction.max_models} models because ${correction.reason}`;
    case 'limit_runtime':
      return `train for at most ${correction.max_runtime_secs} s because ${correction.reason}`;
    case 'sample_rows':
      return `train on ${correction.rows} rows because ${correction.reason}`;
    case 'set_heap':
      return `give Java ${correction.heap_mb} MB because ${correction.reason}`;
    case 'drop_feature':
      return `drop ${quoted(correction.column)} because ${correction.reason}`;
    case 'set_folds':
      return `use ${correction.folds} folds because ${correction.reason}`;
    case 'set_holdout':
      return `seal ${correction.holdout_rows} steps because ${correction.reason}`;
    case 'shorten_lags':
      return `use no lag over ${correction.longest} because ${correction.reason}`;
    case 'set_date_format':
      return `read the dates another way than from ${quoted(correction.column)} because ${correction.reason}`;
    case 'drop_functions':
      return `leave out the feature functions because ${correction.reason}`;
    case 'regenerate':
      return `write the script anew because ${correction.reason}`;
  }
}
