import { executionOf, resultOf } from '../../../test/support/agent-runs';
import type { ExecuteInput } from '../agent';
import { describeExecution } from './template';

const signal = new AbortController().signal;
const gone = { category: 'execution' as const, code: 'lost', message: 'The run vanished.', hint: 'Retry.' };

describe('an execution in words', () => {
  it.each<[string, ExecuteInput, RegExp[]]>([
    [
      'a training',
      { phase: 'training', attempt: 1, execution: executionOf('training'), result: resultOf('training') },
      [
        /^Attempt 1 of the training script ran in the local engine \(automl-job-1-training-1\) for 1 min 40 s and ended by itself with exit code 0\. It used at most 1\.4 GB of memory\.$/,
        /^It trained 6 models; the best is GBM_2 \(GBM\)\. On unseen rows mae is 8 against 10 of seasonal naive, a skill of 20 % \(lower is better\)\. It wrote model\.zip \(500 kB\)\.$/,
      ],
    ],
    [
      'a prediction that was resumed',
      {
        phase: 'prediction',
        attempt: 2,
        execution: executionOf('prediction', { attempt: 2, incarnation: 3 }),
        result: resultOf('prediction'),
      },
      [
        /Attempt 2 of the prediction script, started 3 times and resumed/,
        /^It predicted 14 rows\. It wrote predictions\.csv \(1\.2 kB\)\.$/,
      ],
    ],
    [
      'a run that is gone',
      {
        phase: 'visualization',
        attempt: 1,
        execution: executionOf('visualization', { exit: 'lost', exit_code: null, succeeded: false, failure: gone }),
        result: null,
      },
      [/vanished from the engine/, /^It failed: The run vanished\. \(execution\/lost\)$/],
    ],
    [
      'warnings',
      {
        phase: 'visualization',
        attempt: 1,
        execution: executionOf('visualization', { warnings: ['3 gaps'] }),
        result: resultOf('visualization'),
      },
      [/exit code 0/, /^It drew the plot/, /^Warnings: 3 gaps$/],
    ],
  ])('%s', async (_name, input, patterns) => {
    const { output, messages } = await describeExecution(input, { signal });
    expect(output).toBe(input.execution);
    expect(messages).toHaveLength(patterns.length);
    patterns.forEach((pattern, index) => expect(messages[index]).toMatch(pattern));
  });
});
