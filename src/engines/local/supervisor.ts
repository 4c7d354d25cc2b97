import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { ExitKind } from '../../contracts/execution';
import { folderBytes } from '../disk';
import type { LogLine } from '../engine';
import { kindOfCode, signalCode } from '../exit';
import { LineNumberer } from '../lines';
import { killTree, readProcess, treeOf, usageOf, type ProcessId } from './processes';
import { claimState, FILES, readState, writeState, type Claim, type Exit, type Launch, type Sample } from './state';

/**
 * The parent of one execution: `node supervisor.js <state folder>`, in a session of its own, so that it outlives the
 * worker. It starts the script, records its output, holds it to its limits and leaves `exit.json` as its last deed.
 * It needs nothing but Node and this folder; whoever wants to know reads the files.
 */
const LIMITS_EVERY_MS = 250;
const SAMPLE_EVERY_MS = 2000;
const OUTPUT_DRAIN_MS = 2000;

const folder = process.argv[2] as string;
const launch = readState<Launch>(folder, FILES.launch) as Launch;
const startedAt = new Date();
/** Seconds since the start, by a clock that nobody sets. */
const age = () => performance.now() / 1000;
const limits = launch.limits;

/** Why the script was ended from here; the first reason stands. */
let reason: ExitKind | undefined;
let child: ChildProcess;
let childId: ProcessId | undefined;

function main(): void {
  // A host that shuts down sends SIGTERM too: only with our request beside it is it our kill.
  process.on('SIGTERM', () => stop(existsSync(path.join(folder, FILES.killRequest)) ? 'killed' : 'lost'));
  const self = readProcess(process.pid) as ProcessId;
  const claim: Claim = { pid: self.pid, start_time: self.start_time, started_at: startedAt.toISOString() };
  if (!claimState(folder, FILES.claim, claim)) process.exit(0);

  const [file, ...args] = launch.command as [string, ...string[]];
  child = spawn(file, args, {
    cwd: launch.cwd,
    env: launch.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  record(child);
  child.once('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    finish(127);
  });
  if (child.pid === undefined) return;
  childId = readProcess(child.pid);
  if (childId) writeState(folder, FILES.child, { pid: childId.pid, start_time: childId.start_time });
  const timers = [setInterval(enforceLimits, LIMITS_EVERY_MS), everySample()];
  child.once('exit', (code, signal) => {
    timers.forEach((timer) => clearInterval(timer));
    void drain().then(() => finish(code ?? signalCode(signal)));
  });
}

/** Lines go to a file of `o text` and `e text` rows: a line's ordinal is its row. */
function record(process: ChildProcess): void {
  const file = openSync(path.join(folder, FILES.output), 'a');
  const numberer = new LineNumberer();
  const write = (lines: LogLine[]) => {
    if (lines.length > 0)
      writeSync(file, lines.map((line) => `${line.stream === 'stdout' ? 'o' : 'e'} ${line.text}\n`).join(''));
  };
  process.stdout?.on('data', (bytes: Buffer) => write(numberer.push('stdout', bytes)));
  process.stderr?.on('data', (bytes: Buffer) => write(numberer.push('stderr', bytes)));
  process.once('close', () => write(numberer.end()));
}

function enforceLimits(): void {
  if (age() > limits.timeout_seconds) return stop('timed_out');
  const { memoryBytes } = usageOf(treeOf(childId));
  if (memoryBytes > limits.memory_mb * 1024 * 1024) stop('oom_killed');
}

/** The share of a core is the difference between two samples, so the first is taken from the start. */
function everySample(): NodeJS.Timeout {
  let last = { age: 0, cpuSeconds: 0 };
  const sample = async () => {
    const now = age();
    const { cpuSeconds, memoryBytes } = usageOf(treeOf(childId));
    const diskBytes = await folderBytes(launch.output);
    if (diskBytes > limits.output_quota_mb * 1024 * 1024) stop('quota_exceeded');
    const used = Math.max(0, cpuSeconds - last.cpuSeconds);
    const cpu = Number((used / Math.max(now - last.age, 0.001)).toFixed(3));
    const disk_bytes = Number.isFinite(diskBytes) ? diskBytes : 0;
    const row: Sample = { time: new Date().toISOString(), cpu, memory_bytes: memoryBytes, disk_bytes };
    writeState(folder, FILES.sample, row);
    last = { age: now, cpuSeconds };
  };
  const report = (error: Error) => process.stderr.write(`${error.message}\n`);
  return setInterval(() => void sample().catch(report), SAMPLE_EVERY_MS);
}

function stop(why: ExitKind): void {
  reason ??= why;
  void killTree(childId, launch.marker);
}

/** A process left behind may hold the output open: the whole tree goes with the script, so the end is a proved one. */
async function drain(): Promise<void> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await killTree(childId, launch.marker);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, OUTPUT_DRAIN_MS))]);
}

function finish(code: number): void {
  const exit: Exit = {
    kind: code === 0 ? 'exited' : (reason ?? kindOfCode(code)),
    code,
    started_at: startedAt.toISOString(),
    finished_at: new Date().toISOString(),
  };
  claimState(folder, FILES.exit, exit);
  process.exit(0);
}

main();
