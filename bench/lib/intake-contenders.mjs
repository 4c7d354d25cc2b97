/** `node intake-contenders.mjs intake|profile FILE FOLDER`: one measured run of ours, figures as a JSON line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const dist = createRequire(path.join(import.meta.dirname, '..', '..', 'dist', 'data', 'index.js'));
const [what, source, folder] = process.argv.slice(2);
const began = performance.now();
const pauses = monitorEventLoopDelay({ resolution: 10 });
pauses.enable();

const work = {
  async intake() {
    const { prepareDataset } = dist('./index.js');
    const destination = path.join(folder, 'canonical.csv');
    let reports = 0;
    const onProgress = () => (reports += 1);
    const dataset = await prepareDataset({ source, sourceName: 'bench.csv', destination, onProgress });
    writeFileSync(path.join(folder, 'dataset.json'), JSON.stringify(dataset));
    return { rows: dataset.rows, bytes: dataset.source_bytes, progress_reports: reports };
  },
  /** Of the canonical file, whose types are known: as when a version is profiled again. */
  async profile() {
    const { profileColumns } = dist('./profile.js');
    const { rows, columns } = JSON.parse(readFileSync(path.join(folder, 'dataset.json'), 'utf8'));
    const types = columns.map(({ type }) => type);
    const file = { file: path.join(folder, 'canonical.csv'), types, rows, longestLine: 0 };
    const profiled = types.map((type, index) => ({ type, index }));
    return { columns: (await profileColumns(file, profiled)).length };
  },
};
const result = await work[what]();
const seconds = (performance.now() - began) / 1000;
const longest_pause_ms = Math.round(pauses.max / 1e6);
console.log(JSON.stringify({ ...result, seconds, peak_mb: process.resourceUsage().maxRSS / 1024, longest_pause_ms }));
