import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig, type Config } from '../../src/config';
import type { ExecutionEngine, ExecutionHandle, ExecutionSpec, LogLine } from '../../src/engines/engine';

export const PROJECT_ROOT = path.resolve(__dirname, '..', '..');
export const SECRET = 'sk-secret-that-no-script-may-see';
export const FOREVER = new AbortController().signal;

/** A script's wait for the test: ends when the test calls `release`. */
export const UNTIL_RELEASED = `
import os, time
while not os.path.exists('out/go'):
    time.sleep(0.02)
`;

/** Where programs are, and how a package index is reached from here. */
const OF_THE_HOST = ['PATH', 'PIP_CERT', 'SSL_CERT_FILE', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** What is particular to the engine under test. */
export interface Harness {
  /** A new engine object, as a restarted worker makes it. */
  create(config: Config): ExecutionEngine;
  environment: Record<string, string>;
  isolated: boolean;
  /** Kills, from outside, what guards the execution at the engine. */
  killGuard(engine: ExecutionEngine, handle: ExecutionHandle, config: Config): Promise<void>;
}

/** An installation in a folder of its own, with jobs, an `.env` and a neighbour's secrets in it. */
export class Installation {
  readonly root = mkdtempSync(path.join(tmpdir(), 'automl-engines-'));
  readonly config: Config;
  private jobs = 0;

  constructor(environment: Record<string, string>) {
    const extras = path.join('runtime', 'h2o', 'extras');
    cpSync(path.join(PROJECT_ROOT, extras), path.join(this.root, extras), { recursive: true });
    writeFileSync(path.join(this.root, '.env'), `OPENAI_API_KEY=${SECRET}\n`);
    this.config = this.reconfigured(environment);
  }

  reconfigured(environment: Record<string, string>): Config {
    const host = Object.fromEntries(OF_THE_HOST.map((name) => [name, process.env[name]]));
    return loadConfig({ ...host, ...environment }, this.root);
  }

  /** A new job with one script; `limits` over roomy ones. */
  job(script: string, limits: Partial<ExecutionSpec['limits']> = {}): ExecutionSpec {
    const job_id = `job${++this.jobs}`;
    const workspace = path.join(this.config.codingDir, `pipeline_${job_id}`);
    const folder = 'attempts/training-1';
    mkdirSync(path.join(workspace, folder), { recursive: true });
    writeFileSync(path.join(workspace, 'dataset.csv'), 'a,b\n1,2\n');
    writeFileSync(path.join(workspace, 'private.txt'), SECRET);
    writeFileSync(path.join(workspace, folder, 'config.json'), '{"answer": 42}');
    writeFileSync(path.join(workspace, folder, 'training.py'), script);
    return {
      ...{ job_id, phase: 'training', attempt: 1, incarnation: 1 },
      ...{ workspace, folder, script: 'training.py', output: `${folder}/out` },
      inputs: [{ source: path.join(workspace, 'dataset.csv'), target: 'dataset.csv' }],
      limits: { memory_mb: 512, cpus: 1, timeout_seconds: 60, output_quota_mb: 50, ...limits },
    };
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export function outputOf(spec: ExecutionSpec, file: string): string {
  return path.join(spec.workspace, spec.output, file);
}

export function release(spec: ExecutionSpec): void {
  writeFileSync(outputOf(spec, 'go'), '');
}

export async function allLines(engine: ExecutionEngine, handle: ExecutionHandle, after = 0): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of engine.logs(handle, after, FOREVER)) lines.push(line);
  return lines;
}

/** Reads until a line says `text`, as a worker that dies after it would have. */
export async function untilLine(engine: ExecutionEngine, handle: ExecutionHandle, text: string): Promise<LogLine> {
  const stop = new AbortController();
  for await (const line of engine.logs(handle, 0, stop.signal)) {
    if (line.text !== text) continue;
    stop.abort();
    return line;
  }
  throw new Error(`the execution ended without saying ${text}`);
}

/** The host's pids of an execution's processes, by the mark in their environment; needs no help of the engine. */
export function pidsOf(handle: ExecutionHandle): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`AUTOML_EXECUTION=${handle.name}\0`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** A real Python interpreter: a version manager's shim is a shell script that needs more than a sandbox shows. */
export function systemPython(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}
