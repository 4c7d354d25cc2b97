import type { Frequency } from '../../contracts/analysis';
import type { ScriptBrief } from './index';
import { prose, type PythonValue } from './python';

const LONGEST_NAME = 120;
const LONGEST_PROMPT = 600;
const LONGEST_RATIONALE = 1200;

/** What one stage of a training does: its headline, what it imports, and its steps inside the run. */
export interface StageScript {
  headline: string;
  imports: string[];
  steps: string[];
}

/** A training in three stages, each in a container of its own, so that `train` never sees what `seal` has sealed. */
export type TrainingStages = Record<'seal' | 'train' | 'evaluate', StageScript>;

/** A whole script: docstring, imports in order, and the steps inside the run. */
export function script(headline: string, brief: ScriptBrief, rationale: string, imports: string[], steps: string[]) {
  const documentation = [
    headline,
    '',
    `Job: ${prose(brief.job_name, LONGEST_NAME)} (attempt ${brief.attempt})`,
    `Goal: ${prose(brief.prompt, LONGEST_PROMPT)}`,
    ...(rationale.trim() ? ['', prose(rationale, LONGEST_RATIONALE)] : []),
  ].join('\n');
  const names = [...imports, 'open_run'].sort();
  return [
    `"""${documentation}\n"""`,
    '',
    `from automl_runtime import (\n${names.map((name) => `    ${name},`).join('\n')}\n)`,
    '',
    'with open_run(__file__) as run:',
    ...steps.map(indent),
    '',
  ].join('\n');
}

/** The frequency as the runtime's own type; `None` lets the runtime infer it. */
export function frequencyOf(frequency: Frequency | null): PythonValue {
  if (frequency === null) return null;
  const { unit, step, season_length } = frequency;
  return { call: 'Frequency', arguments: { unit, step, season_length } };
}

function indent(step: string): string {
  return step
    .split('\n')
    .map((line) => (line ? `    ${line}` : line))
    .join('\n');
}
