import type { ExecutionReport } from '../contracts/execution';
import type { Verdict } from '../contracts/verdict';
import { MAX_FIX_ATTEMPTS } from './limits';
import { afterVerdict, finalStatus, isBehind, isWorthKeeping } from './policy';

const failure = { category: 'execution', code: 'timed_out', message: 'Too slow.', hint: 'Train less.' } as const;
const ran = (more: object) => ({ failure: null, ...more }) as ExecutionReport;
const said = (decision: Verdict['decision']) => ({ decision, summary: 'why' }) as Verdict;

test.each([
  ['a success goes on', 1, said('SUCCESS'), ran({}), { go: 'on' }],
  ['a first failure is repaired', 1, said('NEEDS_FIX'), ran({ failure }), { go: 'repair' }],
  ['the last allowed repair', MAX_FIX_ATTEMPTS, said('NEEDS_FIX'), ran({ failure }), { go: 'repair' }],
  ['no repair beyond the bound', MAX_FIX_ATTEMPTS + 1, said('NEEDS_FIX'), ran({ failure }), { go: 'give_up', failure }],
  ['what no attempt can mend', 1, said('INCOMPLETE'), ran({ failure }), { go: 'give_up', failure }],
] as const)('%s', (_, made, verdict, execution, next) => {
  expect(afterVerdict('training', made, verdict, execution)).toEqual(next);
});

test('giving up without a failure of the script says what the Analyst said', () => {
  expect(afterVerdict('prediction', 1, said('INCOMPLETE'), ran({}))).toMatchObject({
    go: 'give_up',
    failure: { category: 'model', code: 'prediction_incomplete', message: 'why' },
  });
});

test.each([
  [[], null, 'completed'],
  [['predictions.csv'], null, 'partial'],
  [[], failure, 'partial'],
] as const)('missing %j with failure %j ends %s', (missing, why, status) => {
  expect(finalStatus({ missing: [...missing], present: [] }, why)).toBe(status);
});

test('only what comes after a trained model is worth keeping', () => {
  expect((['analysis', 'training', 'prediction', 'visualization'] as const).filter(isWorthKeeping)).toEqual([
    'prediction',
    'visualization',
  ]);
});

test('a run that begins at prediction has analysis and training behind it', () => {
  expect(isBehind('training', 'prediction')).toBe(true);
  expect(isBehind('prediction', 'prediction')).toBe(false);
  expect(isBehind('final_check', 'prediction')).toBe(false);
});
