/** Two scripted models behind the endpoint of the tests: one that helps, and one that does all that models do wrong. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The test's endpoint is TypeScript, and knows no other file. */
export async function startEndpoint() {
  const folder = mkdtempSync(path.join(tmpdir(), 'automl-bench-agents-'));
  try {
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    for (const name of ['model-endpoint', 'model-answers']) {
      const source = readFileSync(path.join(root, 'test', 'support', `${name}.ts`), 'utf8');
      const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
      const { outputText } = ts.transpileModule(source, { compilerOptions: options });
      writeFileSync(path.join(folder, `${name}.js`), outputText);
    }
    const require = createRequire(path.join(folder, 'x.js'));
    const { ModelEndpoint } = require('./model-endpoint.js');
    const { goodAnswer } = require('./model-answers.js');
    return { endpoint: await ModelEndpoint.start(), goodAnswer };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** It looks at the data once where it may, and then answers in order. */
export function goodModel(goodAnswer) {
  return (call) => {
    const looked = call.body.messages.some(({ role }) => role === 'tool');
    if (call.body.tools && !looked) return { call: [{ name: 'get_file_sample', arguments: { offset: 0, limit: 5 } }] };
    return goodAnswer(call);
  };
}

/** Wrong in another way at each call, in an order that a seed gives. */
export function badModel(goodAnswer, seed) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const ways = [
    () => ({ say: 'Sure! First one should think about the season, and then about the weather.' }),
    (call) => ({ say: `Here it is:\n\`\`\`json\n${JSON.stringify(goodAnswer(call).say)}\n\`\`\`\nGood luck!` }),
    (call) => ({ say: JSON.stringify(goodAnswer(call).say).slice(0, 40), finish: 'length' }),
    () => ({ call: [{ name: 'run_shell', arguments: { command: 'rm -rf /' } }] }),
    () => ({ refuse: 'I can not help with that.' }),
    () => ({ say: '' }),
    () => ({ say: { verdict: 'fine', score: 1 } }),
    (call) => goodAnswer(call, { features: ['no_such_column'], lags: [0, -3, 99_999], windows: [1], folds: 900 }),
    (call) => goodAnswer(call, { algorithms: ['StackedEnsemble'], max_models: 10_000, features: [] }),
    (call) => goodAnswer(call, { target_column: 'no_such_column', horizon: 100_000, metric: 'luck' }),
    (call) => goodAnswer(call, { corrections: [{ kind: 'drop_everything' }], summary: 'x'.repeat(100_000) }),
    () => ({ status: 500 }),
    () => ({ status: 429, headers: { 'retry-after': '1' } }),
    () => ({ closeAfter: 30 }),
    () => ({ raw: '<html>Bad gateway</html>', contentType: 'text/html' }),
    (call) => ({ ...goodAnswer(call), usage: null }),
  ];
  return (call) => ways[Math.floor(random() * ways.length)](call);
}
