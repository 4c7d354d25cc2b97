import path from 'node:path';
import type { GeneratedFile, Reach } from '../agents/tools';
import type { Artifact, ExecutionReport, RuntimeResult } from '../contracts/execution';
import { SCRIPT_PHASES, type ScriptPhase } from '../contracts/status';
import type { Verdict } from '../contracts/verdict';
import { AutomlError } from '../contracts/failure';
import { readRows } from '../data';
import type { Dependencies } from './dependencies';
import { checkFunctions } from './function-check';
import { ARTIFACT_OF_PHASE, Workspace, openHostile, sha256 } from './workspace';

/** A larger file is not what a run of ours reports, so it is not read to its end. */
const LARGEST_FILE = 2 * 1024 ** 3;
const MOST_FILES = 60;

/** What the tools of a job's agents may look at. */
export function reachOf({ store, config }: Pick<Dependencies, 'store' | 'config'>, jobId: string): Reach {
  const workspace = new Workspace(config.codingDir, jobId);
  return {
    readRows: async (range) => (await readRows(workspace.dataset, range)).rows,
    checkFunctions: async (functions) => await checkFunctions(config, functions),
    generatedFiles: async () => {
      const phases = await Promise.all(SCRIPT_PHASES.map((phase) => filesOf({ store, workspace, jobId }, phase)));
      return phases.flat().slice(0, MOST_FILES);
    },
    leaderboards: async () => {
      const results = await store.listOutputs(jobId, 'training', 'result');
      return results.map(({ attempt, value }) => ({ attempt, leaderboard: (value as RuntimeResult).leaderboard }));
    },
  };
}

async function filesOf(
  job: { store: Dependencies['store']; workspace: Workspace; jobId: string },
  phase: ScriptPhase,
): Promise<GeneratedFile[]> {
  const { store, workspace, jobId } = job;
  const verdicts = new Map(
    (await store.listOutputs(jobId, phase, 'Analyst')).map(({ attempt, value }) => [
      attempt,
      (value as { output: Verdict }).output.decision,
    ]),
  );
  const runs = (await store.listOutputs(jobId, phase, 'execution')).map(({ value }) => value as ExecutionReport);
  const listed = runs.flatMap((run) => run.artifacts.map((artifact) => ({ run, artifact })));
  const final = await finalOf(
    workspace,
    phase,
    listed.map(({ artifact }) => artifact),
  );
  const files: GeneratedFile[] = [];
  for (const { run, artifact } of listed) {
    const name = path.posix.join(workspace.outputFolder(phase, run.attempt, run.stage), artifact.path);
    const state = await stateOf(workspace.file(name), artifact);
    files.push({
      ...{ path: name, kind: artifact.kind, phase, attempt: run.attempt, bytes: artifact.bytes, state },
      run_succeeded: run.succeeded,
      verdict: verdicts.get(run.attempt) ?? null,
      is_final: final !== null && artifact.sha256 === final,
    });
  }
  return files;
}

/** The hash of what is handed out of a phase, where one of its runs has reported it. */
async function finalOf(
  workspace: Workspace,
  phase: ScriptPhase,
  artifacts: readonly Artifact[],
): Promise<string | null> {
  const { kind, file } = ARTIFACT_OF_PHASE[phase];
  for (const artifact of artifacts.filter((each) => each.kind === kind).reverse()) {
    if ((await stateOf(workspace.file(file), artifact)) === 'as reported') return artifact.sha256;
  }
  return null;
}

async function stateOf(file: string, { bytes, sha256: hash }: Artifact): Promise<GeneratedFile['state']> {
  try {
    const opened = await openHostile(file, LARGEST_FILE);
    if (!opened) return 'missing';
    await opened.handle.close();
    return opened.bytes === bytes && (await sha256(file)) === hash ? 'as reported' : 'changed';
  } catch (error) {
    // A link, a device, a folder: whatever it is, no run of ours reported it.
    if (error instanceof AutomlError) return 'changed';
    throw error;
  }
}
