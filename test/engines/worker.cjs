/**
 * A stand-in for a worker that dies: starts one execution, prints its handle and stays, holding nothing.
 * argv: engine name, root, environment (JSON), specification (JSON). Sources run as they are, translated on loading.
 */
const { readFileSync } = require('node:fs');
const typescript = require('typescript');

require.extensions['.ts'] = (module, file) => {
  const compilerOptions = {
    module: typescript.ModuleKind.CommonJS,
    target: typescript.ScriptTarget.ES2022,
    esModuleInterop: true,
  };
  module._compile(typescript.transpileModule(readFileSync(file, 'utf8'), { compilerOptions }).outputText, file);
};

const { loadConfig } = require('../../src/config.ts');
const { createEngine } = require('../../src/engines/index.ts');

const [name, root, environment, spec] = process.argv.slice(2);

async function main() {
  const config = loadConfig({ ...JSON.parse(environment), EXECUTION_ENGINE: name }, root);
  const engine = await createEngine(config, () => undefined);
  console.log(JSON.stringify(await engine.start(JSON.parse(spec))));
  setInterval(() => undefined, 1000);
}

void main();
