import { analysisInputOf, briefOf, jumble, type Table, values } from '../../../test/support/agent-inputs';
import { buildInputOf } from '../../../test/support/agent-runs';
import type { JobOptions } from '../../contracts/jobs';
import type { TrainingPlan } from '../../contracts/plans';
import { analyse } from '../data-processor/template';
import { modelBuilderTwin } from './llm';
import { buildTraining } from './template';

const ROWS = 300;
const TABLE: Table = {
  size: values(ROWS, (row) => (20 + 90 * jumble(row, 1)).toFixed(1)),
  shop: values(ROWS, (row) => `s${row % 40}`),
  owner: values(ROWS, (row) => `o${row % 60}`),
  price: values(ROWS, (row) => (500 + 90 * jumble(row)).toFixed(1)),
};
const signal = new AbortController().signal;

async function settled(choices: object, options: JobOptions = {}) {
  const goal = { prompt: 'Predict price', target_column: 'price' };
  const { output: report } = await analyse(analysisInputOf(TABLE, goal), { signal });
  const input = buildInputOf('training', report, { job: briefOf({ options }) });
  const draft = await buildTraining(input, { signal });
  const answer = modelBuilderTwin.answer.parse({ ...choices, rationale: 'Because.' });
  return (await modelBuilderTwin.settle(answer, { input, draft } as never)) as {
    answer?: { output: { plan: TrainingPlan; script: string } };
    problems?: string[];
  };
}

describe('what a model chooses of a table', () => {
  test('goes into the plan and its script', async () => {
    const choices = { target_encoding: ['owner'], group_column: null, monotone_increasing: ['size'] };
    const { plan, script } = (await settled({ ...choices, target_transform: 'log' })).answer!.output;
    expect(plan).toMatchObject({ target_encoding: ['owner'], monotone_increasing: ['size'], target_transform: 'log' });
    expect(plan.algorithms).toEqual(['XGBoost', 'GBM', 'StackedEnsemble']);
    expect(script).toContain('target_encoding=["owner"]');
    expect(script).toContain('monotone_increasing=["size"]');
  });

  test('a group is sealed whole, and is no feature', async () => {
    const { plan, script } = (await settled({ group_column: 'owner' })).answer!.output;
    expect(plan.validation).toMatchObject({ scheme: 'group', group_column: 'owner' });
    expect(plan.features).not.toContain('owner');
    expect(plan.target_encoding).not.toContain('owner');
    expect(script).toContain('scheme="group"');
  });

  test('what weighs the rows is no feature', async () => {
    const { plan, script } = (await settled({ weight_column: 'size' })).answer!.output;
    expect(plan).toMatchObject({ weight_column: 'size', features: ['shop', 'owner'] });
    expect(script).toContain('weight_column="size"');
  });

  test.each([{ features: ['size', 'shop'] }, { weight_column: 'price', features: ['shop'] }])(
    'the weight that its user asked for stays: %j',
    async (choices) => {
      const { plan } = (await settled(choices, { weight_column: 'size' })).answer!.output;
      expect(plan).toMatchObject({ weight_column: 'size', features: ['shop'] });
    },
  );

  test.each<[object, string]>([
    [{ target_encoding: ['nothing'] }, 'not among the features with words: "nothing"'],
    [{ target_encoding: ['price'] }, 'not among the features with words: "price"'],
    [{ monotone_decreasing: ['shop'] }, 'not among the numeric features: "shop"'],
    [{ group_column: 'price"); import os' }, "can't group the rows"],
    [{ weight_column: 'shop' }, "can't weigh the rows"],
    [{ weight_column: 'size"); import os' }, "can't weigh the rows"],
  ])('%j is refused, with the reason', async (choices, problem) => {
    expect((await settled(choices)).problems?.join()).toContain(problem);
  });
});
