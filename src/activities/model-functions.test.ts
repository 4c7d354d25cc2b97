import type { FeatureFunction, TrainingPlan } from '../contracts/plans';
import { executionOf } from '../../test/support/agent-runs';
import { AgentSteps } from '../../test/support/agent-steps';
import { goodAnswer } from '../../test/support/model-answers';
import { ModelEndpoint } from '../../test/support/model-endpoint';
import { checkFunctions } from './function-check';

/** Feature functions of a model: checked by the runtime's own Python before a plan is accepted, and by nothing less. */

jest.setTimeout(60_000);
const BUILD = 'ModelBuilder.training';
const ROWS = Array.from({ length: 120 }, (_, row) => [50 + (row % 37), 150 + (row % 41), row % 3 ? 'a,b' : 'c', row]);
const CSV = ['weight,height,kind,price', ...ROWS.map((cells) => cells.map((cell) => `"${cell}"`).join(','))].join('\n');
const TABLE = { name: 'Prices', prompt: 'Predict the price', target_column: 'price' };

const MASS: FeatureFunction = {
  name: 'mass',
  inputs: ['weight', 'height'],
  output: 'number',
  code: 'def mass(kg, cm):\n    return kg / (cm / 100) ** 2',
};
const PARTS: FeatureFunction = {
  ...{ name: 'parts', inputs: ['kind'], output: 'number' as const },
  code: "def parts(kind):\n    return len(kind.split(','))",
};
const IMPORTS = { ...MASS, code: 'def mass(kg, cm):\n    import os\n    return os.getpid()' };

let endpoint: ModelEndpoint;
let steps: AgentSteps;

const installation = (environment: Record<string, string> = {}, isolated = true) =>
  AgentSteps.create(
    { OPENAI_API_KEY: 'sk-secret-0123456789', OPENAI_BASE_URL: endpoint.url, ...environment },
    { isolated },
  );
beforeAll(async () => {
  endpoint = await ModelEndpoint.start();
  steps = await installation();
});
afterAll(async () => {
  await endpoint?.stop();
  await steps?.close();
});
beforeEach(() => endpoint.play((call) => goodAnswer(call)));

const say = (...functions: unknown[]) => goodAnswer({ agent: 'ModelBuilder' }, { functions });

async function analysed(more: object = {}, at = steps): Promise<string> {
  const id = await at.job({ ...TABLE, ...more }, { csv: CSV });
  await at.answer('DataProcessor.analysis', id);
  endpoint.calls.length = 0;
  return id;
}

test('good ones are in the plan and in the script, where a reader sees them', async () => {
  const id = await analysed();
  endpoint.play([say(MASS, PARTS)]);
  const { source, output } = await steps.answer(BUILD, id);
  expect({ source, ranOut: endpoint.ranOut }).toEqual({ source: 'llm', ranOut: 0 });
  expect(output.plan.functions).toEqual([MASS, PARTS]);
  expect(output.script).toContain('            FeatureFunction(\n                name="mass",');
  expect(output.script).toContain('                    "    return kg / (cm / 100) ** 2"\n');
  const [system, user] = endpoint.calls[0]!.body.messages;
  expect(system!.content).toContain('functions: new features');
  expect(user!.content).toContain('"functions": true');
});

test('a refused one goes back to the model with its line and what to write instead', async () => {
  const id = await analysed();
  endpoint.play([say(IMPORTS), say(MASS)]);
  const { source, output } = await steps.answer(BUILD, id);
  expect(source).toBe('llm');
  expect(output.plan.functions).toEqual([MASS]);
  const told = endpoint.calls[1]!.body.messages.at(-1)!.content;
  expect(told).toContain('mass, line 2: imports are not allowed; the functions of `math` are there already');
});

test.each<[string, object, RegExp]>([
  ['reaches out', IMPORTS, /imports are not allowed/],
  ['looks inside', { ...MASS, code: 'def mass(kg, cm):\n    return kg.__class__' }, /`\.__class__` is not allowed/],
  ['never ends', { ...MASS, code: 'def mass(kg, cm):\n    while True: pass' }, /`while` loops are not allowed/],
  ['is no function', { ...MASS, code: 'mass = 1' }, /one function and nothing beside it/],
  ['is no Python', { ...MASS, code: 'function mass() {}' }, /no valid Python/],
  ['is very long', { ...MASS, code: `def mass(kg, cm):\n    return kg${' '.repeat(4000)}` }, /write at most 4000/],
  ['is nested deeply', { ...MASS, code: `def mass(kg, cm):\n    return ${'-'.repeat(3000)}kg` }, /mass, line 1/],
  ['holds half a character', { ...MASS, code: "def mass(kg, cm):\n    return '\ud800'" }, /mass, line/],
  ['knows the target', { ...MASS, inputs: ['price', 'height'] }, /price.*is no feature of the plan/],
  ['knows what is not there', { ...MASS, inputs: ['weight', 'age'] }, /age.*is no feature of the plan/],
  ['is called like a column', { ...MASS, name: 'height' }, /is a column already/],
  ['is called like nothing', { ...MASS, name: '__import__' }, /small letters/],
  ['has another number of inputs', { ...MASS, inputs: ['weight'] }, /parameters do not fit/],
  ['has no inputs', { ...MASS, inputs: [] }, /from 1 to 10 inputs/],
])('one that %s is never accepted', async (_what, wrong, problem) => {
  const id = await analysed();
  endpoint.play(() => say(PARTS, wrong));
  const answer = await steps.answer(BUILD, id);
  expect({ source: answer.source, calls: endpoint.calls.length }).toEqual({ source: 'template', calls: 2 });
  expect(answer.without_model).toMatch(problem);
  expect(answer.output.plan.functions).toEqual([]);
  expect(answer.output.script).not.toContain('FeatureFunction');
});

test.each<[string, Record<string, string>, boolean, RegExp]>([
  ['without containers', {}, false, /they run in Docker containers only, and this installation has none/],
  ['without Python', { PYTHON_RUNTIME: '/nowhere/python', PATH: '/nowhere' }, true, /could not be checked here/],
  ['with something else in its place', { PYTHON_RUNTIME: '/bin/false' }, true, /could not be checked here/],
  ['with something that agrees to all', { PYTHON_RUNTIME: '/bin/true' }, true, /could not be checked here/],
])('%s the template goes on without them', async (_where, environment, isolated, problem) => {
  const there = await installation(environment, isolated);
  const id = await analysed({}, there);
  endpoint.play(() => say(MASS));
  const answer = await there.answer(BUILD, id);
  await there.close();
  expect(answer.source).toBe('template');
  expect(answer.without_model).toMatch(problem);
  expect(answer.output.plan.functions).toEqual([]);
  if (!isolated) expect(endpoint.calls[0]!.body.messages[0]!.content).toContain('functions can not run here');
});

test('a series has none', async () => {
  const id = await steps.job();
  await steps.answer('DataProcessor.analysis', id);
  endpoint.play(() => say({ ...MASS, inputs: ['holiday', 'workingday'] }));
  const answer = await steps.answer(BUILD, id);
  expect(answer.without_model).toMatch(/functions: only a table has them/);
});

describe('the user', () => {
  const keeps = async (id: string, functions: string[]) => await steps.store.changePlan(id, { plan: { functions } });

  test('takes one out of the plan that waits, and the model does not bring it back', async () => {
    const id = await analysed();
    endpoint.play([say(MASS, PARTS)]);
    await steps.answer(BUILD, id);
    await keeps(id, ['parts']);
    endpoint.play([say(MASS, PARTS)]);
    const { source, output } = await steps.answer(BUILD, id, { attempt: 2 });
    expect(source).toBe('llm');
    expect(output.plan.functions).toEqual([PARTS]);
  });

  test('keeps none, writes none, and names none that is not there', async () => {
    const id = await analysed({ plan: { functions: ['mass'] } });
    endpoint.play([say(MASS)]);
    expect((await steps.answer(BUILD, id)).output.plan.functions).toEqual([]);
  });
});

test('after a failure a model goes on with those of the plan, and invents no more', async () => {
  const id = await analysed();
  endpoint.play([say(MASS)]);
  const { output } = await steps.answer(BUILD, id);
  const failure = { category: 'execution', code: 'java_out_of_memory', message: 'It broke', hint: '' } as const;
  const execution = executionOf('training', { succeeded: false, exit_code: 1, failure, artifacts: [] });
  const ref = { job_id: id, run_no: 1 };
  await steps.store.saveOutput(ref, 'training', 1, 'execution', execution);
  await steps.answer('Analyst.training', id);
  endpoint.play([say(PARTS), say(MASS)]);
  const again = await steps.answer(BUILD, id, { attempt: 2 });
  expect(endpoint.calls.at(-1)!.body.messages.at(-1)!.content).toContain('only those of the plan');
  const plan = again.output.plan as TrainingPlan;
  expect(plan.functions).toEqual(output.plan.functions);
});

test('any Python checks them where the one of the runtime is not there', async () => {
  const { execution, ...config } = steps.config;
  const without = { ...config, execution: { ...execution, pythonRuntime: '/nowhere/python' } };
  expect(await checkFunctions(without, [MASS])).toEqual([]);
  expect((await checkFunctions(without, [IMPORTS]))[0]).toContain('imports are not allowed');
});

test('the check runs none of them, and holds against what is no text of a function', async () => {
  const file = `${steps.config.dataDir}/touched`;
  const evil = { ...MASS, code: `open(${JSON.stringify(file)}, "w")\ndef mass(kg, cm):\n    return kg` };
  expect(await checkFunctions(steps.config, [evil])).toEqual([expect.stringContaining('one function')]);
  expect(await checkFunctions(steps.config, [MASS, MASS])).toEqual(['mass: two functions have this name.']);
  expect(await checkFunctions(steps.config, [{ name: 'x' } as FeatureFunction])).toEqual([
    expect.stringContaining('could not be checked'),
  ]);
  expect(await checkFunctions(steps.config, [MASS, PARTS])).toEqual([]);
  await expect(import('node:fs/promises').then(({ stat }) => stat(file))).rejects.toThrow('ENOENT');
});
