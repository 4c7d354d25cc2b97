/**
 * `npm run dev`: compiles on every change, restarts the stack after each clean compilation, and serves the web app
 * with hot reload. Ctrl-C stops all of it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { main, root, setUp } from './setup.mjs';

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const LAUNCH = "require('./dist/cli/main.js').runCommandLine(['node', 'automl', 'start'])";

await main(async () => {
  await setUp();
  const compiler = spawn(bin('tsc'), ['--watch', '--preserveWatchOutput', '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const vite = spawn(bin('vite'), ['web'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });

  let stack;
  let turn = Promise.resolve();
  const restart = async () => {
    await exitOf(spawn(process.execPath, ['scripts/bundle-workflows.mjs'], { cwd: root, stdio: 'inherit' }));
    await stop(stack);
    stack = spawn(process.execPath, ['-e', `${LAUNCH}.then((code) => (process.exitCode = code))`], {
      cwd: root,
      stdio: 'inherit',
      // Out of the terminal's reach: it is told to stop below, once.
      detached: true,
    });
  };
  compiler.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    if (/Found 0 errors/.test(chunk)) turn = turn.then(restart);
  });

  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), exitOf(compiler), exitOf(vite)]);
  compiler.kill();
  vite.kill();
  await turn;
  await stop(stack);
});

async function stop(child) {
  if (!child || child.exitCode !== null) return;
  const gone = exitOf(child);
  child.kill('SIGTERM');
  await gone;
}

function exitOf(child) {
  return once(child, 'exit');
}
