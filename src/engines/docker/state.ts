import type Docker from 'dockerode';
import type { ExitKind } from '../../contracts/execution';
import type { ExitState } from '../engine';
import { kindOfCode } from '../exit';
import { KILL_AFTER_SECONDS } from './container';

/** What `timeout` exits with at the deadline: after its polite signal, and after the forced one. */
const DEADLINE_CODES = [124, 137];
/** A busy engine notes the start of a container this much after its process has begun to count. */
const LATE_START_SECONDS = 2;
/** What the engine writes for a container that was gone when the engine itself came back. */
const ENGINE_LOST_CODE = 255;

type ContainerState = Docker.ContainerInspectInfo['State'];

/** The end of a container that has ended. `reason` is why we ended it, undefined where we didn't. */
export function exitOf(state: ContainerState, timeoutSeconds: number, reason: ExitKind | undefined): ExitState {
  const times = { started_at: iso(state.StartedAt), finished_at: iso(state.FinishedAt) };
  const ranSeconds = (Date.parse(times.finished_at) - Date.parse(times.started_at)) / 1000;
  const atDeadline =
    ranSeconds >= timeoutSeconds - LATE_START_SECONDS && ranSeconds <= timeoutSeconds + 2 * KILL_AFTER_SECONDS;
  const kind = (): ExitKind => {
    if (state.ExitCode === 0) return 'exited';
    if (reason) return reason;
    if (state.OOMKilled) return 'oom_killed';
    if (atDeadline && DEADLINE_CODES.includes(state.ExitCode)) return 'timed_out';
    return state.ExitCode === ENGINE_LOST_CODE ? 'lost' : kindOfCode(state.ExitCode);
  };
  return { kind: kind(), code: state.ExitCode, ...times };
}

/** The engine's nanoseconds as the milliseconds that everything else uses. */
function iso(time: string): string {
  return new Date(time).toISOString();
}
