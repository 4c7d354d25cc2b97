import type { ScriptBrief } from './index';
import { script } from './layout';
import { call } from './python';

/** The script that scores rows a user brings; what rows can be scored is the model's to say. */
export function renderScoringScript(horizon: number | null, brief: ScriptBrief): string {
  return script(
    'Score new rows with the trained model.',
    brief,
    '',
    ['save_predictions', 'score_rows'],
    [`predictions = ${call('score_rows', 'run', { horizon })}`, 'save_predictions(run, predictions)'],
  );
}
