import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FIELDS, FUNCTIONS } from './library';
import { strictSchema } from './model-answer';
import { modelBuilderTwin } from './model-builder/llm';

const RUNTIME = path.join(__dirname, '..', '..', 'runtime', 'h2o', 'automl_runtime');
const source = readdirSync(RUNTIME)
  .filter((file) => file.endsWith('.py'))
  .map((file) => readFileSync(path.join(RUNTIME, file), 'utf8'))
  .join('\n');

test.each(Object.keys(FUNCTIONS))('%s is a function of the runtime', (name) => {
  expect(source).toMatch(new RegExp(`^def ${name}\\(`, 'm'));
});

test.each(['forecast', 'table'])('what a %s training works with is told', (kind) => {
  const script = readFileSync(path.join(__dirname, 'scripts', 'golden', `training_${kind}.py`), 'utf8');
  const imported = /import \(([^)]*)\)/.exec(script)![1]!.match(/\b[a-z]\w*/g)!;
  const aside = /^(open_run|save_|Frequency)/;
  expect(Object.keys(FUNCTIONS)).toEqual(expect.arrayContaining(imported.filter((name) => !aside.test(name))));
});

test('each field that is explained is one that ModelBuilder may choose', () => {
  const { properties } = strictSchema(modelBuilderTwin.answer) as { properties: object };
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(FIELDS)));
});
