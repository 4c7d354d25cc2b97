import { setTimeout as pause } from 'node:timers/promises';
import type { JobView } from '../../../src/contracts/jobs';
import type { ExecutionHandle } from '../../../src/engines/engine';
import { executionsOf } from '../support/executions';
import type { Installation } from '../support/installation';
import { eventually } from '../support/moments';
import { SAMPLES, type Sample } from './samples';
import type { Kill, Plan, Victim } from './plan';

/** Until a client gives up on an API that is being killed again and again. */
const CALL_SECONDS = 180;
const RECOVERY_SECONDS = 120;

export interface Killed extends Kill {
  /** What really died: where no run was under way, the worker in its place. */
  died: Victim;
  /** From the kill until API and Temporal answered and the worker was alive. */
  recovered_seconds: number;
}

export interface Submitted {
  id: string;
  sample: Sample;
}

/** Submits jobs and kills as planned, both at once. @returns what was submitted and what died, in order */
export async function soak(installation: Installation, plan: Plan): Promise<{ jobs: Submitted[]; kills: Killed[] }> {
  const began = Date.now();
  const until = async (second: number) => await pause(Math.max(0, began + second * 1000 - Date.now()));
  const [jobs, kills] = await Promise.all([
    inTurn(plan.arrivals, async (at, index) => {
      await until(at);
      return await submit(installation, index);
    }),
    inTurn(plan.kills, async (kill) => {
      await until(kill.at);
      return await strike(installation, kill);
    }),
  ]);
  return { jobs, kills };
}

/** Waits for every job's end. @throws where one has none after `seconds` */
export async function ends(installation: Installation, jobs: Submitted[], seconds: number): Promise<JobView[]> {
  return await inTurn(jobs, async ({ id }) => {
    return await eventually(`job ${id} is final`, seconds, async () => {
      const job = await installation.client.job(id);
      return job.final && job;
    });
  });
}

/** As a careful client does: the same key until there is an answer, and an upload that was taken counts. */
async function submit({ client }: Installation, index: number): Promise<Submitted> {
  const sample = SAMPLES[index % SAMPLES.length]!;
  const id = await eventually(`job ${index} is created`, CALL_SECONDS, async () => {
    const request = { method: 'POST', headers: { 'idempotency-key': `chaos-${index}` } };
    const made = await client.json('/jobs', { ...request, body: JSON.stringify(sample.job) });
    return made['job_id'] as string;
  });
  await eventually(`job ${index} has its data`, CALL_SECONDS, async () => {
    if ((await client.job(id)).status !== 'created') return true;
    await client.upload(id, sample.file);
    return true;
  });
  return { id, sample };
}

async function strike(installation: Installation, kill: Kill): Promise<Killed> {
  const run = kill.victim === 'execution' ? await runUnderWay(installation, kill.choice) : undefined;
  const died = kill.victim === 'execution' && !run ? 'worker' : kill.victim;
  const struck = Date.now();
  await HARM[died](installation, run);
  await eventually('the stack is back', RECOVERY_SECONDS, async () => {
    return installation.isAlive('worker') && (await installation.answers());
  });
  return { ...kill, died, recovered_seconds: (Date.now() - struck) / 1000 };
}

const HARM: Record<Victim, (installation: Installation, run: ExecutionHandle | undefined) => Promise<void>> = {
  worker: (installation) => installation.kill('worker'),
  api: (installation) => installation.kill('api'),
  temporal: (installation) => installation.kill('temporal'),
  // It may end by itself in the same moment: then there is nothing to kill, which is a fault as good as any.
  execution: (installation, run) =>
    executionsOf(installation)
      .killScript(run!)
      .catch(() => undefined),
  launcher: async (installation) => {
    await installation.killLauncher();
    await installation.start();
  },
  power: async (installation) => {
    await installation.killEverything();
    const handles = await installation.engine.list();
    await Promise.all(
      handles.map((handle) =>
        executionsOf(installation)
          .killAll(handle)
          .catch(() => undefined),
      ),
    );
    await installation.start();
  },
};

async function runUnderWay({ engine }: Installation, choice: number): Promise<ExecutionHandle | undefined> {
  const running: ExecutionHandle[] = [];
  for (const handle of await engine.list()) if ((await engine.inspect(handle)).running) running.push(handle);
  return running[Math.floor(choice * running.length)];
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  step: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [index, item] of items.entries()) results.push(await step(item, index));
  return results;
}
