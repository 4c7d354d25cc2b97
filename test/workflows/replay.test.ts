import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/temporal';

jest.setTimeout(60_000);

const FOLDER = path.join(__dirname, 'histories');
const histories = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

test('there is a history of every shape a job has had', () => {
  expect(histories.sort()).toEqual(
    expect.arrayContaining([
      'approved.json',
      'cancelled.json',
      'completed.json',
      'failed.json',
      'partial.json',
      'paused.json',
      'repaired.json',
      'retried.json',
      'turns.json',
    ]),
  );
});

/** A job that was started by an older version must go on under this one: see CONTRIBUTING, "Changing the workflow". */
test.each(histories)('%s replays', async (file) => {
  const history = historyFromJSON(JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')));
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, 'automl-job-replayed');
});
