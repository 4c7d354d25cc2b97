import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.join(__dirname, '..', '..');

test('the web’s types are those of web/openapi.json; `npm run openapi:types` renews them', async () => {
  const cli = path.join(root, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
  const files = [path.join('web', 'openapi.json'), '-o', path.join('web', 'src', 'lib', 'api-types.ts')];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, ...files, '--check'], { cwd: root });
  expect(stdout + stderr).not.toMatch(/error/i);
}, 90_000);
