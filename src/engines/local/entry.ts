import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type ts from 'typescript';

const ENGINES = path.resolve(__dirname, '..');
const SUPERVISOR = path.join('local', 'supervisor.js');

/**
 * The supervisor as a file that Node can run: built beside this one, or, where the sources run without a build
 * (tests), translated once into a temporary folder named after their content.
 */
export function supervisorFile(): string {
  const built = path.join(ENGINES, SUPERVISOR);
  return existsSync(built) ? built : path.join(translated(), SUPERVISOR);
}

function translated(): string {
  const sources = ['.', 'local'].flatMap((folder) =>
    readdirSync(path.join(ENGINES, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => path.join(folder, name)),
  );
  const contents = sources.map((source) => readFileSync(path.join(ENGINES, source), 'utf8'));
  const hash = createHash('sha256')
    .update(JSON.stringify([sources, contents]))
    .digest('hex')
    .slice(0, 16);
  const folder = path.join(tmpdir(), `automl-supervisor-${process.getuid?.()}-${hash}`);
  // Whatever lies there under another user's name is not ours to run.
  const isOurs = () => statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.();
  if (isOurs()) return folder;

  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a development tool, absent in production
  const typescript = require('typescript') as typeof ts;
  const { CommonJS: module } = typescript.ModuleKind;
  const { ES2022: target } = typescript.ScriptTarget;
  const compilerOptions = { module, target, esModuleInterop: true };
  const draft = mkdtempSync(`${folder}-`);
  mkdirSync(path.join(draft, 'local'));
  sources.forEach((source, index) => {
    const { outputText } = typescript.transpileModule(contents[index] as string, { compilerOptions });
    writeFileSync(path.join(draft, source.replace(/\.ts$/, '.js')), outputText);
  });
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true });
    if (!isOurs()) throw error;
  }
  return folder;
}
