import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FIELDS, FUNCTIONS } from './library';
import { modelBuilderTwin } from './model-builder/llm';
import { strictSchema } from './model-answer';

const RUNTIME = path.join(__dirname, '..', '..', 'runtime', 'h2o', 'automl_runtime');
const source = readdirSync(RUNTIME)
  .filter((file) => file.endsWith('.py'))
  .map((file) => readFileSync(path.join(RUNTIME, file), 'utf8'))
  .join('\n');

/** The first paragraph of a function's docstring, on one line. */
function docstringOf(name: string): string | undefined {
  const found = new RegExp(`^def ${name}\\([\\s\\S]*?^    """([\\s\\S]*?)(?:\\n\\n|""")`, 'm').exec(source);
  return found?.[1]?.replace(/\s+/g, ' ').trim();
}

test.each(Object.entries(FUNCTIONS))('%s is told as the runtime tells it', (name, does) => {
  expect(docstringOf(name)).toBe(does);
});

test('each field that is explained is one that ModelBuilder may choose', () => {
  const { properties } = strictSchema(modelBuilderTwin.answer) as { properties: object };
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(FIELDS)));
});
