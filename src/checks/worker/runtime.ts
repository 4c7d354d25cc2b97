import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { AutomlError } from '../../contracts/failure';
import { findPythonRuntime } from '../../engines/local/python';
import { probeIsolation } from '../../engines/local/sandbox';
import { javaHome } from '../../launcher/environment';
import { checkOf, type Check, type Examination } from '../check';

const execute = promisify(execFile);

export const python: Examination = async ({ config }) => {
  const check = checkOf('python', 'Python runtime');
  const wanted = requirements(config.root);
  const names = JSON.stringify(wanted.map(({ name }) => name));
  const question = [
    'import json, platform, importlib.metadata as m',
    'def version(name):',
    '    try: return m.version(name)',
    '    except m.PackageNotFoundError: return None',
    `print(json.dumps([platform.python_version(), [version(n) for n in ${names}]]))`,
  ].join('\n');
  let answer: [string, (string | null)[]];
  try {
    const { stdout } = await execute(config.execution.pythonRuntime, ['-I', '-c', question], { timeout: 30_000 });
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    return check.error(
      `${config.execution.pythonRuntime} does not start`,
      'Run `npm run setup`, or set PYTHON_RUNTIME to an interpreter that has H2O.',
    );
  }
  const [version, installed] = answer;
  const wrong = wanted.filter((requirement, index) => installed[index] !== requirement.version);
  const list = (items: typeof wanted) => items.map((item) => `${item.name} ${item.version}`).join(', ');
  return wrong.length === 0
    ? check.ok(`Python ${version} with ${list(wanted)}`)
    : check.error(`Python ${version} lacks ${list(wrong)}`, 'Run `npm run setup`.');
};

export const java: Examination = async ({ config, environment }) => {
  const check = checkOf('java', 'Java');
  const home = javaHome(config.root, environment);
  const program = home ? path.join(home, 'bin', 'java') : 'java';
  try {
    const { stderr, stdout } = await execute(program, ['-version'], { timeout: 30_000 });
    const version = /version "([^"]+)"/.exec(`${stderr}${stdout}`)?.[1] ?? 'of an unknown version';
    const major = Number(version.split('.')[0]);
    return major === 17
      ? check.ok(`${version} (${program})`)
      : check.error(
          `${version} (${program}), which H2O 3.46 is not tested on`,
          'Run `npm run setup`: it brings a Java 17.',
        );
  } catch {
    return check.error(`${program} does not start`, 'Run `npm run setup`, or install Java 17.');
  }
};

export const sandbox: Examination = async ({ config }) => {
  const check = checkOf('sandbox', 'Sandbox');
  try {
    const isolation = await probeIsolation(await findPythonRuntime(config), config.execution.searchPath);
    return isolation.works ? check.ok('bubblewrap isolates local executions') : unsandboxed(isolation.reason);
  } catch (error) {
    return unsandboxed(error instanceof AutomlError ? error.failure.message : String(error));
  }

  function unsandboxed(reason: string): Check {
    const remedy = 'Install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap), or use Docker.';
    const strict = config.execution.requireIsolation && config.execution.engine === 'local';
    return strict
      ? check.error(reason, remedy)
      : check.warning(`${reason}: the local engine runs scripts without it`, remedy);
  }
};

/** The pinned packages of the runtime. */
function requirements(root: string): { name: string; version: string }[] {
  const text = readFileSync(path.join(root, 'runtime', 'h2o', 'requirements.txt'), 'utf8');
  return [...text.matchAll(/^([A-Za-z0-9_.-]+)==(\S+)/gm)].map(([, name, version]) => ({
    name: name as string,
    version: version as string,
  }));
}
