import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { CONFIG_VARIABLES } from '../config';

/** What any program needs of the machine. */
const MACHINE = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/** What only the process that runs the engines needs. */
const ENGINES = [
  'DOCKER_HOST',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'XDG_RUNTIME_DIR',
  'PIP_CERT',
  'REQUESTS_CA_BUNDLE',
];

export type ChildRole = 'api' | 'worker' | 'temporal';

/** Secrets that a process may not hold. They are set to nothing, which also hides a value in `.env`. */
const WITHHELD: Record<'api' | 'worker', readonly string[]> = {
  api: ['OPENAI_API_KEY', 'DEEPSEEK_API_KEY'],
  // It connects to SQL sources, so it needs the key to their passwords too.
  worker: [],
};

/**
 * The environment of one child: what it needs, and no secret that it may not hold.
 * @param given the launcher's own environment
 * @param settings values that the launcher decided, such as ports
 */
export function environmentOf(
  role: ChildRole,
  given: NodeJS.ProcessEnv,
  settings: Record<string, string>,
): Record<string, string> {
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));
  // The Temporal binary refuses to start for a user that is neither in the environment nor in the password file.
  if (role === 'temporal') return { USER: 'automl', HOME: os.tmpdir(), ...pick(MACHINE) };
  return {
    ...pick(MACHINE),
    ...pick(CONFIG_VARIABLES),
    ...(role === 'worker' ? pick(ENGINES) : {}),
    ...settings,
    ...Object.fromEntries(WITHHELD[role].map((name) => [name, ''])),
  };
}

/** What this process was started with, from which its children's environments are picked. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

const JavaFile = z.object({ java_home: z.string().nullable() });

/** The Java that set-up found or installed, as `JAVA_HOME`; the environment's own where set-up has not run. */
export function javaHome(root: string, given: NodeJS.ProcessEnv): string | undefined {
  const file = path.join(root, '.runtime', 'java.json');
  if (existsSync(file)) {
    const parsed = JavaFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (parsed.success && parsed.data.java_home) return parsed.data.java_home;
  }
  return given.JAVA_HOME || undefined;
}
