import { existsSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.mjs';
import { step } from './console.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

const SERVER_SOURCES = [
  'src',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'scripts/bundle-workflows.mjs',
];
const WEB_SOURCES = ['web', 'src/contracts', 'package-lock.json'];

/** `dist`: the compiled server, the workflow bundle and the web app. The stamps lie in it and vanish with it. */
export function build(root) {
  const server = part(root, SERVER_SOURCES, '.server-stamp.json');
  const web = part(root, WEB_SOURCES, '.web-stamp.json');
  const hasWeb = existsSync(path.join(root, 'web', 'index.html'));

  return {
    ready: () => server.ready() && (web.ready() || !hasWeb),
    async make() {
      if (!server.ready()) {
        await step('compiling the server', () => runTool(root, ['nest', 'build'], 'nest-build.log'));
      }
      const bundle = async () => {
        if (server.ready()) return;
        await step('bundling the workflows', () => runScript(root, 'bundle-workflows.mjs'));
        server.finish();
      };
      const app = async () => {
        if (!hasWeb || web.ready()) return;
        await step('building the web app', () => runTool(root, ['vite', 'build', 'web'], 'vite-build.log'));
        web.finish();
      };
      await Promise.all([bundle(), app()]);
    },
  };
}

function part(root, sources, stampName) {
  const stamp = path.join(root, 'dist', stampName);
  const inputs = digest(root, sources, [process.versions.node]);
  return { ready: () => readStamp(stamp)?.inputs === inputs, finish: () => writeStamp(stamp, { inputs }) };
}

function runTool(root, [name, ...rest], logName) {
  const tool = path.join(root, 'node_modules', '.bin', name);
  return run([tool, ...rest], { cwd: root, log: path.join(root, '.runtime', 'logs', logName) });
}

function runScript(root, name) {
  const log = path.join(root, '.runtime', 'logs', `${name}.log`);
  return run([process.execPath, path.join(root, 'scripts', name)], { cwd: root, log });
}
