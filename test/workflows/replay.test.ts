import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { HISTORIES } from '../support/histories';
import { workflowBundle } from '../support/temporal';

jest.setTimeout(60_000);

const histories = readdirSync(HISTORIES).filter((file) => file.endsWith('.json'));

test('there is a history of every shape a workflow has had', () => {
  expect(histories.sort()).toEqual(
    expect.arrayContaining([
      'advised.json',
      'approved.json',
      'asked.json',
      'budget.json',
      'cancelled.json',
      'completed.json',
      'dataset-cancelled.json',
      'dataset-failed.json',
      'dataset-ready.json',
      'dataset-retried.json',
      'draft-cancelled.json',
      'draft-failed.json',
      'draft-ready.json',
      'draft-refused.json',
      'draft-repaired.json',
      'failed.json',
      'final-approved.json',
      'final-revised.json',
      'partial.json',
      'paused.json',
      'purged.json',
      'repaired.json',
      'retried.json',
      'search-repaired.json',
      'sealed.json',
      'sealed-paused.json',
      'sealed-repaired.json',
      'searched.json',
      'revised.json',
      'trials.json',
      'score-cancelled.json',
      'score-failed.json',
      'score-ready.json',
      'turns.json',
    ]),
  );
});

/** A job that was started by an older version must go on under this one: see CONTRIBUTING, "Changing the workflow". */
test.each(histories)('%s replays', async (file) => {
  const history = historyFromJSON(JSON.parse(readFileSync(path.join(HISTORIES, file), 'utf8')));
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, 'automl-replayed');
});
