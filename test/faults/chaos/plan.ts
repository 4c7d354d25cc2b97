/** What may die: a process of the stack, the launcher above them, a script's run, or everything at once. */
export const VICTIMS = ['worker', 'api', 'temporal', 'execution', 'launcher', 'power'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Kill {
  /** Seconds from the beginning. */
  at: number;
  victim: Victim;
  /** 0 to 1: which of the runs under way, where it hits one. */
  choice: number;
}

export interface Plan {
  kills: Kill[];
  /** When each job is submitted, seconds from the beginning. */
  arrivals: number[];
}

/** The processes that a job needs every second die more often than the rare, large disasters. */
const SHARE: Record<Victim, number> = { worker: 4, api: 2, temporal: 2, execution: 4, launcher: 1, power: 1 };
const KILL_EVERY_SECONDS = [20, 40] as const;
const JOB_EVERY_SECONDS = [25, 55] as const;

/** The same seed and length give the same plan. */
export function planOf(seed: number, seconds: number): Plan {
  const random = randomOf(seed);
  const times = ([least, most]: readonly [number, number], first: number) => {
    const found: number[] = [];
    for (let at = first; at < seconds; at += least + random() * (most - least)) found.push(Math.round(at));
    return found;
  };
  // The first job is there at once, and is under way when the first process dies.
  const arrivals = times(JOB_EVERY_SECONDS, 0);
  const kills = times(KILL_EVERY_SECONDS, KILL_EVERY_SECONDS[0]).map((at) => ({
    at,
    victim: drawn(random()),
    choice: random(),
  }));
  return { kills, arrivals };
}

function drawn(point: number): Victim {
  const total = VICTIMS.reduce((sum, victim) => sum + SHARE[victim], 0);
  let left = point * total;
  return VICTIMS.find((victim) => (left -= SHARE[victim]) < 0) ?? 'worker';
}

/** Mulberry32: small, and the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
