import type { Artifact } from '../../contracts/execution';
import type { ScriptPhase } from '../../contracts/status';
import type { JudgeInput } from '../agent';
import { scoreInWords } from '../score-words';
import { bytes, count, duration } from '../text';

/** The file that a phase exists to make. */
export const ARTIFACT_OF: Record<ScriptPhase, { kind: Artifact['kind']; words: string }> = {
  training: { kind: 'model', words: 'a trained model (model.zip)' },
  prediction: { kind: 'predictions', words: 'the predictions (predictions.csv)' },
  visualization: { kind: 'plot', words: 'the plot (forecast_plot.png)' },
};

/** What was measured, one sentence a fact. */
export function evidenceOf({ phase, execution, result }: JudgeInput): string[] {
  const code = execution.exit_code === null ? '' : ` with exit code ${execution.exit_code}`;
  const facts = [`The execution took ${duration(execution.seconds)} and its end was "${execution.exit}"${code}.`];
  if (execution.failure) {
    const { category, code: failureCode, message } = execution.failure;
    facts.push(`It failed with ${category}/${failureCode}: ${message.slice(0, 500)}`);
  }
  if (execution.peak_memory_bytes !== null)
    facts.push(`It used at most ${bytes(execution.peak_memory_bytes)} of memory.`);
  if (phase === 'training') facts.push(`${count(execution.models_trained, 'model')} on the leaderboard.`);
  const score = scoreInWords(execution, result);
  if (score) facts.push(score);
  if (phase === 'prediction' && result) facts.push(`${count(result.rows.predicted ?? 0, 'row')} predicted.`);
  for (const artifact of execution.artifacts)
    facts.push(`${artifact.path}: ${artifact.kind}, ${bytes(artifact.bytes)}.`);
  return [...facts, ...execution.warnings.slice(0, 5)];
}
