/** `npm run check:runtime`: lint, formatting and types of the Python runtime. */
import { ensureRuntimeTools, runPython } from './lib/runtime-tools.mjs';
import { main, root, setUp } from './setup.mjs';

const CHECKS = [
  ['ruff', 'check', '.'],
  ['ruff', 'format', '--check', '.'],
  ['mypy', '--strict', 'automl_runtime'],
];

await main(async () => {
  await setUp(['python']);
  await ensureRuntimeTools(root);
  for (const check of CHECKS) process.exitCode ||= await runPython(root, ['-m', ...check]);
});
