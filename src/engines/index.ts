import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config';
import { DockerEngine } from './docker';
import { classifyDockerError as classify } from './docker/errors';
import type { ExecutionEngine } from './engine';
import { LocalEngine } from './local';

const RETRY_MS = 1000;
/**
 * How long a Docker engine that was used before may stay away: after a start of the machine it comes up beside us,
 * and an execution in a container of its own must not be run a second time as a process.
 */
const RETURN_TIMEOUT_MS = 30_000;

/**
 * The engine that EXECUTION_ENGINE names. `auto` is Docker when an engine answers and the image is there or
 * builds, else the local one; `log` is told which and why. An engine named outright is not tried here: see `check`
 * and `prepare`.
 */
export async function createEngine(config: Config, log: (message: string) => void): Promise<ExecutionEngine> {
  switch (config.execution.engine) {
    case 'docker':
      return new DockerEngine(config);
    case 'local':
      return new LocalEngine(config, log);
    case 'auto':
      return chooseEngine(config, log);
  }
}

async function chooseEngine(config: Config, log: (message: string) => void): Promise<ExecutionEngine> {
  const docker = new DockerEngine(config);
  const usedDocker = path.join(config.runDir, 'docker');
  const patience = existsSync(usedDocker) ? RETURN_TIMEOUT_MS : 0;
  for (const begun = Date.now(); ; await delay(RETRY_MS)) {
    try {
      await docker.prepare(log);
      await mkdir(usedDocker, { recursive: true });
      log(`Scripts run in Docker containers of ${config.execution.image}.`);
      return docker;
    } catch (error) {
      const { code, message } = classify(error).failure;
      if (code === 'docker_unavailable' && Date.now() - begun < patience) continue;
      log(`Scripts run as processes of this machine, for Docker can't be used: ${message}`);
      return new LocalEngine(config, log);
    }
  }
}
