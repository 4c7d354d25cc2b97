/** `npm run test:runtime`: the Python runtime's own tests, real H2O included. Arguments go to pytest. */
import { ensureRuntimeTools, runPython } from './lib/runtime-tools.mjs';
import { main, root, setUp } from './setup.mjs';

await main(async () => {
  await setUp(['python']);
  await ensureRuntimeTools(root);
  process.exitCode = await runPython(root, ['-m', 'pytest', ...process.argv.slice(2)]);
});
