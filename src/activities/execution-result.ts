import path from 'node:path';
import { RuntimeResult } from '../contracts/execution';
import { AutomlError, cut, type Failure } from '../contracts/failure';
import type { ScriptPhase, TrainingStage } from '../contracts/status';
import { readHostile } from './workspace';

const RESULT_BYTES = 4 * 1024 ** 2;

/** What a run wrote as its result, checked; `problem` where it can't be believed, both null where there is none. */
export async function readResult(
  outputFolder: string,
  phase: ScriptPhase,
  stage?: TrainingStage,
): Promise<{ result: RuntimeResult | null; problem: Failure | null }> {
  try {
    const text = await readHostile(path.join(outputFolder, 'result.json'), RESULT_BYTES);
    if (text === undefined) return { result: null, problem: null };
    const parsed = RuntimeResult.safeParse(JSON.parse(text));
    if (!parsed.success)
      return refused(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
    if (parsed.data.phase !== phase) return refused(`it is of the ${parsed.data.phase} phase`);
    if ((parsed.data.stage ?? undefined) !== stage) return refused(`it is of the stage ${parsed.data.stage ?? 'none'}`);
    return { result: parsed.data, problem: null };
  } catch (error) {
    if (error instanceof AutomlError) return { result: null, problem: error.failure };
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function refused(why: string): { result: null; problem: Failure } {
  return {
    result: null,
    problem: {
      category: 'execution',
      code: 'invalid_result',
      message: cut(`The script's result.json can't be used: ${why}.`, 500),
      hint: 'The attempt is repeated where attempts are left; the logs say what the script did.',
    },
  };
}
