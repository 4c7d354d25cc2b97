/** Kills of the worker in the middle of a model's call, and what they may not change: answers that were recorded. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { getJson } from '../lib/stack.mjs';

/** Who is asked when it happens: another one in each data set. */
const AGENTS = ['ModelBuilder', 'Analyst', 'Prediction', 'Visualization'];

/**
 * The script of a model whose caller is killed once, when an agent that the data set's name picks asks it. Without a
 * name nothing is killed.
 */
export function killWhenAsked(stack, script, name) {
  const agent = name === null ? null : AGENTS[[...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 4];
  let id;
  let recorded = [];
  let kills = 0;
  return {
    watch: (job) => (id = job),
    kills: () => kills,
    script: async (call, number) => {
      if (id && kills === 0 && call.agent === agent) {
        kills += 1;
        recorded = answered(await getJson(`${stack.url}/jobs/${id}/turns`));
        killWorker(stack);
      }
      return script(call, number);
    },
    /** Turns with an answer on record at the kill that were asked again after it. */
    repeated: (turns) => {
      const calls = new Map(turns.map((turn) => [keyOf(turn), turn.calls]));
      return recorded.filter((turn) => calls.get(keyOf(turn)) !== turn.calls).length;
    },
  };
}

const answered = (turns) => turns.filter(({ answer }) => answer !== null);

const keyOf = ({ agent_name, phase, attempt, turn }) => `${agent_name} ${phase} ${attempt} ${turn}`;

function killWorker({ config }) {
  const { children } = JSON.parse(readFileSync(path.join(config.runDir, 'launcher.json'), 'utf8'));
  process.kill(children.worker.pid, 'SIGKILL');
}
