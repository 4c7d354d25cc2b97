/**
 * `npm run bench -- NAME [options]`: runs one benchmark against its named peer, prints the ratios and writes them to
 * bench/results/NAME.json with what is needed to repeat it.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [name, ...args] = process.argv.slice(2);
const known = readdirSync(here)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.replace('.mjs', ''));

if (!name || !known.includes(name)) {
  console.error(`Name a benchmark: ${known.join(', ')}`);
  process.exit(2);
}
if (!existsSync(path.join(here, '..', 'dist', 'worker.js'))) {
  console.error('The build is missing: run `npm run setup` first.');
  process.exit(2);
}
const { main } = await import(pathToFileURL(path.join(here, `${name}.mjs`)).href);
await main(args);
