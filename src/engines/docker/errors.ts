import { AutomlError, type Failure } from '../../contracts/failure';

/** An error of the Docker client: `code` from the connection, `statusCode` and a message from the engine. */
interface DockerError extends Error {
  code?: string;
  statusCode?: number;
  json?: { message?: string };
}

export function statusOf(error: unknown): number | undefined {
  return (error as DockerError).statusCode;
}

type Rule = Omit<Failure, 'category' | 'message'> & {
  matches: (error: DockerError, message: string) => boolean;
  says: (message: string) => string;
  retryable: boolean;
};

/** In order; the last one takes what is left. */
const RULES: Rule[] = [
  {
    code: 'docker_permission_denied',
    matches: (error) => error.code === 'EACCES' || error.code === 'EPERM',
    says: () => "The Docker engine's socket may not be opened by this user.",
    hint: 'Add the user to the group `docker` (`sudo usermod -aG docker $USER`, then log in again), or set EXECUTION_ENGINE=local.',
    retryable: false,
  },
  {
    code: 'docker_unavailable',
    matches: (error) => error.code !== undefined && error.statusCode === undefined,
    says: (message) => `The Docker engine does not answer (${message}).`,
    hint: 'Start it (`sudo systemctl start docker`, or scripts/docker-engine.sh as root), or set EXECUTION_ENGINE=local.',
    retryable: true,
  },
  {
    code: 'no_disk_space',
    matches: (_, message) => /no space left on device/i.test(message),
    says: () => "The Docker engine's disk is full.",
    hint: 'Free space where Docker keeps its data (`docker system df`, `docker system prune`).',
    retryable: true,
  },
  {
    code: 'image_missing',
    matches: (error, message) => error.statusCode === 404 && /image/i.test(message),
    says: (message) => `The Docker image is missing: ${message}.`,
    hint: 'Build or pull the image that DOCKER_IMAGE names, or unset it to have the default image built.',
    retryable: false,
  },
  {
    code: 'docker_runtime_missing',
    matches: (_, message) => /(unknown|invalid) runtime/i.test(message),
    says: (message) => `The Docker engine lacks the configured runtime: ${message}.`,
    hint: 'Install the runtime that DOCKER_RUNTIME names and register it with Docker, or unset DOCKER_RUNTIME.',
    retryable: false,
  },
  {
    code: 'gpu_unusable',
    matches: (_, message) =>
      /could not select device driver|nvidia-container-cli|unresolvable CDI devices/i.test(message),
    says: (message) => `The Docker engine offers a GPU that it can't hand to a container: ${message}.`,
    hint: "Mend the NVIDIA container toolkit on the engine's host, or set GPU=off.",
    retryable: false,
  },
  {
    code: 'docker_error',
    matches: () => true,
    says: (message) => `The Docker engine answered with an error: ${message}.`,
    hint: 'Look at the engine’s own log (`journalctl -u docker`), then retry the job.',
    retryable: true,
  },
];

/** Every foreign error of the Docker client as a typed failure. */
export function classifyDockerError(error: unknown): AutomlError {
  if (error instanceof AutomlError) return error;
  const docker = error as DockerError;
  const message = (docker.json?.message ?? docker.message ?? String(error)).trim().replace(/\.$/, '');
  const rule = RULES.find((candidate) => candidate.matches(docker, message)) as Rule;
  const failure: Failure = { category: 'system', code: rule.code, message: rule.says(message), hint: rule.hint };
  return new AutomlError(failure, { retryable: rule.retryable, cause: error });
}

/** Runs a call to the engine; what it throws is classified. */
export async function docker<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw classifyDockerError(error);
  }
}

/** As `docker`, but gives undefined where the engine answers with one of these statuses. */
export async function dockerUnless<T>(statuses: number[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw classifyDockerError(error);
  }
}
