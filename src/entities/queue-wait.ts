import { In, IsNull, Not, type EntityManager } from 'typeorm';
import type { ScriptPhase } from '../contracts/status';
import { ExecutionRow } from './execution.entity';

/** What is known of the executions that a waiting job waits behind. */
export interface QueueFacts {
  /** Seconds for which each running execution has run; as many slots are taken. */
  running: number[];
  /** Seconds that a job usually holds a slot, all its scripts together; null where none has ended yet. */
  typical: number | null;
}

const SCRIPTS: readonly ScriptPhase[] = ['training', 'prediction', 'visualization'];
/** Ended executions of a phase whose median is what is usual. */
const LOOKED_AT = 20;

/**
 * Seconds until the job at a place of the queue (from 1) gets a slot, where those before it take as long as is usual;
 * null where nothing is known or nothing runs, for then the wait is for something else than a slot.
 */
export function estimateWait(position: number, { running, typical }: QueueFacts): number | null {
  if (typical === null || running.length === 0) return null;
  // One that runs longer than usual may end at any moment.
  const free = running.map((seconds) => Math.max(0, typical - seconds));
  for (let ahead = 1; ahead < position; ahead += 1) {
    const soonest = free.indexOf(Math.min(...free));
    free[soonest]! += typical;
  }
  return Math.round(Math.min(...free));
}

export async function queueFacts(manager: EntityManager, now = Date.now()): Promise<QueueFacts> {
  const running = await manager.find(ExecutionRow, {
    select: { id: true, started_at: true },
    where: { finished_at: IsNull() },
  });
  const medians: number[] = [];
  for (const phase of SCRIPTS) {
    const ended = await manager.find(ExecutionRow, {
      select: { id: true, seconds: true },
      where: { phase, exit: In(['exited']), seconds: Not(IsNull()) },
      order: { started_at: 'DESC' },
      take: LOOKED_AT,
    });
    const seconds = ended.map((row) => row.seconds!).sort((a, b) => a - b);
    if (seconds.length > 0) medians.push(seconds[Math.floor(seconds.length / 2)]!);
    else if (phase === 'training') return { running: [], typical: null };
  }
  return {
    running: running.map(({ started_at }) => Math.max(0, (now - Date.parse(started_at)) / 1000)),
    typical: medians.reduce((sum, seconds) => sum + seconds, 0),
  };
}
