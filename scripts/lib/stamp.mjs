import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const GENERATED = new Set(['node_modules', 'dist', '__pycache__']);

/**
 * A digest of files, folders (recursively) and plain facts; what is missing counts as missing.
 * @param {string} root @param {string[]} paths relative to root @param {unknown[]} facts
 */
export function digest(root, paths, facts = []) {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const relative of paths) addTo(hash, root, relative);
  return hash.digest('hex');
}

function addTo(hash, root, relative) {
  const full = path.join(root, relative);
  hash.update(`\0${relative}\0`);
  if (!existsSync(full)) return;
  if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) {
      if (!GENERATED.has(name) && !name.startsWith('.')) addTo(hash, root, path.join(relative, name));
    }
  } else {
    hash.update(readFileSync(full));
  }
}

/** @returns {Record<string, unknown> | undefined} what was noted when the step was last finished */
export function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Written last and in one move, so that an interrupted step is never taken for a finished one. */
export function writeStamp(file, content) {
  writeFileSync(`${file}.tmp`, JSON.stringify(content, null, 2));
  renameSync(`${file}.tmp`, file);
}
