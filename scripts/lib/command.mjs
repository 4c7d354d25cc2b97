import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, createWriteStream } from 'node:fs';
import path from 'node:path';

/** A command that ended badly, with the end of what it printed. */
export class CommandError extends Error {
  constructor(command, code, output) {
    super(`${command} ended with ${code}:\n${output.trim().split('\n').slice(-25).join('\n')}`);
    this.output = output;
  }
}

/**
 * Runs a command quietly: its whole output goes to `log`, its end into the error where it fails.
 * @param {string[]} command @param {{cwd: string, log: string, env?: NodeJS.ProcessEnv}} options
 * @returns {Promise<string>} what it printed (the last 200,000 characters)
 */
export function run(command, { cwd, log, env = process.env }) {
  mkdirSync(path.dirname(log), { recursive: true });
  return new Promise((resolve, reject) => {
    const file = createWriteStream(log);
    const child = spawn(command[0], command.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk) => {
      file.write(chunk);
      output = (output + chunk).slice(-200_000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    // A set-up that is interrupted takes its children with it; their half-made results carry no stamp.
    const stop = () => child.kill('SIGTERM');
    process.once('exit', stop);
    child.on('error', (error) => reject(new CommandError(command.join(' '), error.code, error.message)));
    child.on('close', (code, signal) => {
      process.removeListener('exit', stop);
      file.end();
      if (code === 0) resolve(output);
      else reject(new CommandError(command.slice(0, 4).join(' '), signal ?? code, output));
    });
  });
}

/** @returns {string | undefined} the full path of a program on PATH */
export function which(name, pathVariable = process.env.PATH ?? '') {
  for (const folder of pathVariable.split(path.delimiter)) {
    const candidate = path.join(folder || '.', name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  return undefined;
}

/** @returns {string | undefined} stdout and stderr of a quick question to a program, undefined where it fails */
export function ask(command, env = process.env) {
  const answer = spawnSync(command[0], command.slice(1), { encoding: 'utf8', env, timeout: 30_000 });
  return answer.status === 0 ? `${answer.stdout}${answer.stderr}` : undefined;
}
