import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Resident megabytes of each child of the launcher. */
export function memoryOf(stack) {
  const { children } = JSON.parse(readFileSync(path.join(stack.config.runDir, 'launcher.json'), 'utf8'));
  return Object.fromEntries(
    Object.entries(children).map(([name, { pid }]) => {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return [name, Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024)];
    }),
  );
}
