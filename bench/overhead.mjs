/**
 * What the system costs: a job from upload to completed, over a plain hand-written H2O script that does the same work
 * (data, models, folds, holdout, refit, predictions, plot) as a process of its own on the same machine.
 *
 * Options: --models N (20), --runs N (3), --engine local (docker runs the plain script in the same image and limits).
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, option, round, writeResult } from './lib/report.mjs';
import { getJson, startStack, submit, untilFinal } from './lib/stack.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const data = path.join(here, '..', 'examples', 'breast_cancer.csv');
const TARGET = 'diagnosis';

/** Seconds of the plain script, and the AUC it reached. */
function runPlain(engine, config, models) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'automl-plain-'));
  copyFileSync(data, path.join(folder, 'data.csv'));
  copyFileSync(path.join(here, 'overhead', 'plain.py'), path.join(folder, 'plain.py'));
  chmodSync(folder, 0o777);
  const { execution } = config;
  const args = [String(models), String(execution.heapMb), String(Math.floor(execution.cpus))];
  const began = performance.now();
  if (engine === 'docker') {
    const limits = ['--network', 'none', '--memory', `${execution.memoryMb}m`, '--cpus', String(execution.cpus)];
    const mounts = ['-v', `${folder}:/job`, '-w', '/job', '-u', '10001:10001', '--tmpfs', '/tmp:rw,exec'];
    execFileSync('docker', ['run', '--rm', ...limits, ...mounts, execution.image, 'python3', 'plain.py', ...args]);
  } else {
    execFileSync(execution.pythonRuntime, ['plain.py', ...args], { cwd: folder, stdio: 'ignore' });
  }
  const seconds = (performance.now() - began) / 1000;
  const { auc } = JSON.parse(readFileSync(path.join(folder, 'plain.json'), 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  return { seconds, auc };
}

async function runJob(stack, models) {
  const submitted = await submit(stack, data, {
    name: 'overhead',
    prompt: 'Predict whether the tumour is malignant, by AUC',
    target_column: TARGET,
    metric: 'auc',
    max_models: models,
    seed: 1,
  });
  const { job, seconds } = await untilFinal(stack, submitted);
  if (job.status !== 'completed') throw new Error(`${job.status}: ${job.error_message}`);
  const { executions } = await getJson(`${stack.url}/jobs/${job.id}/timeline`);
  const inScripts = executions.reduce((sum, run) => sum + run.seconds, 0);
  return { seconds, in_scripts: inScripts, own: seconds - inScripts, auc: job.score };
}

export async function main(args) {
  const models = Number(option(args, 'models', '20'));
  const runs = Number(option(args, 'runs', '3'));
  const engine = option(args, 'engine', 'local');
  const stack = await startStack({ EXECUTION_ENGINE: engine });
  const pairs = [];
  try {
    for (let run = 1; run <= runs; run += 1) {
      const plain = runPlain(engine, stack.config, models);
      const job = await runJob(stack, models);
      const pair = { plain, job, ratio: job.seconds / plain.seconds };
      pairs.push(pair);
      console.log(
        `run ${run}: plain ${plain.seconds.toFixed(1)} s (AUC ${plain.auc.toFixed(4)}), ` +
          `job ${job.seconds.toFixed(1)} s (AUC ${job.auc.toFixed(4)}), of which ours ${job.own.toFixed(1)} s, ` +
          `ratio ${pair.ratio.toFixed(3)}`,
      );
    }
  } finally {
    await stack.stop();
  }
  const ratio = median(pairs.map((pair) => pair.ratio));
  const own = median(pairs.map((pair) => pair.job.own));
  console.log(`\nmedian ratio job / plain: ${ratio.toFixed(3)} (goal 1.15); own time ${own.toFixed(1)} s (goal 3)`);
  writeResult('overhead', `npm run bench -- overhead --models ${models} --runs ${runs} --engine ${engine}`, {
    peer: 'a plain H2O script, bench/overhead/plain.py',
    engine,
    models,
    median_ratio: round(ratio),
    median_own_seconds: round(own),
    runs: pairs,
  });
}
