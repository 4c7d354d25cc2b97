import { loadConfig } from '../../src/config';
import { MAX_FIX_ATTEMPTS } from '../../src/workflows/limits';
import { expectHealed, expectNothingLeft, outcomeOf, type Outcome } from './healed';
import { Report, secondsOf } from './report';
import { Installation } from './support/installation';
import { eventually } from './support/moments';
import { PrivateDocker, noPrivateDocker } from './support/private-docker';
import { Scene } from './support/scene';

/** Faults of the Docker engine itself, and of a container's memory: on an engine of the test's own. */
const full = process.env['FAULTS'] === 'all';
const TIMEOUT_MS = 600_000;
/** The engine's own start and its stopping of containers, then the activity's next try. */
const WITHIN_SECONDS = 60;
const ENGINE_AWAY_MS = 15_000;
/**
 * Waits for H2O, and takes the container's memory in many small processes: the kernel ends the largest, which is H2O's.
 * That goes on until the container ends.
 */
const HOG = `
import os, time
def java_runs():
    names = [name for name in os.listdir('/proc') if name.isdigit()]
    return any(b'java' in open(f'/proc/{name}/cmdline', 'rb').read() for name in names)
while not java_runs(): time.sleep(0.05)
for _ in range(60):
    if os.fork() == 0:
        block = b'x' * 2 ** 25
        time.sleep(60)
`;

const missing = noPrivateDocker();
const report = new Report();
afterAll(() => report.publish());

if (full && missing) test.skip(`faults of the Docker engine: ${missing}`, () => undefined);

(full && !missing ? describe : describe.skip)('faults of the Docker engine', () => {
  const machines = process.env['DOCKER_HOST'];
  let docker: PrivateDocker;
  let installation: Installation;
  let reference: Outcome;
  let undisturbedSeconds: number;

  beforeAll(async () => {
    docker = await PrivateDocker.with(loadConfig().execution.image);
    process.env['DOCKER_HOST'] = docker.host;
    installation = await Installation.create('docker', { CONTAINER_MEMORY_MB: '2048', H2O_MAX_MEM: '1g' });
    await installation.start();
    const scene = await newScene();
    await scene.submit();
    const job = await scene.final();
    expect(job).toMatchObject({ status: 'completed', error: null });
    reference = await outcomeOf(scene, job);
    undisturbedSeconds = secondsOf(job);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await installation?.discard();
    await docker?.discard();
    if (machines === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = machines;
  }, 120_000);

  async function newScene(): Promise<Scene> {
    return new Scene(installation, await installation.rows());
  }

  test.each([
    { name: 'killed mid-training, and its containers with it', signal: 'SIGKILL', livesOn: false },
    { name: 'stopped mid-training, and its containers with it', signal: 'SIGTERM', livesOn: false },
    { name: 'killed mid-training, its containers live on', signal: 'SIGKILL', livesOn: true },
    { name: 'stopped mid-training, its containers live on', signal: 'SIGTERM', livesOn: true },
  ] as const)(
    'the engine is $name, then started',
    async ({ name, signal, livesOn }) => {
      await docker.stop('SIGTERM');
      await docker.start(livesOn);
      const scene = await newScene();
      await scene.submit();
      await scene.untilMidTraining();
      await scene.strike(() => docker.stop(signal), {
        revive: () => docker.start(livesOn),
        ...(livesOn ? {} : { goesOn: () => scene.resumes() }),
      });
      const job = await expectHealed(scene, reference, livesOn ? 1 : 2);
      const seconds = await scene.recovered();
      report.add({
        ...{ fault: `Docker engine ${name}`, engine: 'docker' },
        recovered_seconds: seconds,
        within_seconds: WITHIN_SECONDS,
        job_seconds: secondsOf(job),
        undisturbed_seconds: undisturbedSeconds,
      });
      expect(seconds).toBeLessThan(WITHIN_SECONDS);
    },
    TIMEOUT_MS,
  );

  test(
    'the engine is away when a job needs it: the job waits',
    async () => {
      await docker.stop('SIGTERM');
      const scene = await newScene();
      await scene.submit();
      await eventually('the training is due', 120, async () => (await scene.row())?.phase === 'training');
      await new Promise((resolve) => setTimeout(resolve, ENGINE_AWAY_MS));
      await docker.start();
      await expectHealed(scene, reference, 1);
    },
    TIMEOUT_MS,
  );

  test(
    'a container out of memory: the next attempt has a plan that needs less, and the job completes',
    async () => {
      const scene = await newScene();
      await scene.create();
      await scene.upload();
      await runsOutOfMemory(scene.jobId, 1);
      expect(await scene.final()).toMatchObject({ status: 'completed', error: null, run_no: 1 });
      expect(await trainings(scene)).toEqual([
        { attempt: 1, incarnation: 1, exit: 'oom_killed' },
        { attempt: 2, incarnation: 1, exit: 'exited' },
      ]);
      expect(await verdicts(scene)).toEqual(['failed', 'succeeded']);
      await expectNothingLeft(installation);
    },
    TIMEOUT_MS,
  );

  test(
    'out of memory at every attempt: failed with a hint; with memory again a retry completes',
    async () => {
      const scene = await newScene();
      const jobId = await scene.create();
      await scene.upload();
      for (let attempt = 1; attempt <= MAX_FIX_ATTEMPTS + 1; attempt += 1) {
        await runsOutOfMemory(jobId, attempt);
      }
      const failed = await scene.final();
      expect(failed).toMatchObject({
        status: 'failed',
        error: { category: 'execution', code: 'out_of_memory', hint: expect.stringContaining('CONTAINER_MEMORY_MB') },
      });
      await expectNothingLeft(installation);
      await installation.client.json(`/jobs/${jobId}/retry`, { method: 'POST', body: '{}' });
      await eventually('the retry has begun', 30, async () => !(await installation.client.job(jobId)).final);
      expect(await scene.final()).toMatchObject({ status: 'completed', run_no: 2, error: null });
      expect((await trainings(scene)).map((row) => row['exit'])).toEqual([
        ...Array.from({ length: MAX_FIX_ATTEMPTS + 1 }, () => 'oom_killed'),
        'exited',
      ]);
      await expectNothingLeft(installation);
    },
    TIMEOUT_MS,
  );

  /** Takes the memory of a training's container as soon as it runs. */
  async function runsOutOfMemory(jobId: string, attempt: number): Promise<void> {
    const handle = await eventually(`the container of attempt ${attempt} runs`, 180, async () => {
      const found = await installation.engine.find({ job_id: jobId, phase: 'training', attempt, stage: 'train' });
      return found && (await installation.engine.inspect(found)).running && found;
    });
    const container = docker.client.getContainer(handle.name);
    const hog = await container.exec({ Cmd: ['python3', '-c', HOG] });
    await hog.start({ Detach: true });
    await eventually(`attempt ${attempt} is out of memory`, 60, async () => !(await container.inspect()).State.Running);
  }
});

async function trainings(scene: Scene): Promise<Record<string, unknown>[]> {
  return await scene.rows.all(
    "SELECT attempt, incarnation, exit FROM executions WHERE job_id = ? AND stage = 'train' ORDER BY attempt, incarnation",
    scene.jobId,
  );
}

async function verdicts(scene: Scene): Promise<unknown[]> {
  const rows = await scene.rows.all(
    "SELECT outcome FROM phase_attempts WHERE job_id = ? AND phase = 'training' ORDER BY attempt",
    scene.jobId,
  );
  return rows.map((row) => row['outcome']);
}
