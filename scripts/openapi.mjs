/**
 * Writes the API's description to web/openapi.json, from the compiled app (`npm run build` first). The web's types
 * are generated from it. Nothing listens, and no database is opened. With --check it only compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const file = path.join(root, 'web', 'openapi.json');

require('reflect-metadata');
const { openApiDocument } = require(path.join(root, 'dist', 'api', 'openapi.js'));
const text = await format(JSON.stringify(await openApiDocument()), { parser: 'json', printWidth: 120 });

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  console.error('web/openapi.json is not what the API says: run `npm run build && npm run openapi` and commit it.');
  process.exitCode = 1;
}
