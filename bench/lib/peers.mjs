import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A Python with these packages in an environment of its own, made on first use. @returns the path of its python. */
export async function peerPython(packages) {
  const id = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 8);
  const venv = path.join(root, '.runtime', `bench-${id}`);
  const python = path.join(venv, 'bin', 'python');
  const done = path.join(venv, 'installed');
  if (existsSync(done)) return python;
  mkdirSync(path.dirname(venv), { recursive: true });
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  for (const spec of packages) {
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...spec.split(' ')], { stdio: 'inherit' });
  }
  writeFileSync(done, packages.join('\n'));
  return python;
}

/** Packages of data alone, in a folder of their own, made on first use. @returns the folder, for Python's search path. */
export function dataPackages(python, packages) {
  const id = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 8);
  const folder = path.join(root, '.runtime', `bench-data-${id}`);
  const done = path.join(folder, 'installed');
  if (existsSync(done)) return folder;
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check', '--target', folder];
  execFileSync(python, [...pip, ...packages], { stdio: 'inherit' });
  writeFileSync(done, packages.join('\n'));
  return folder;
}
