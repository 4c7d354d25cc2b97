import type Docker from 'dockerode';
import type { ExitKind } from '../../contracts/execution';
import { exitOf } from './state';

const TIMEOUT = 60;
const ended = (code: number, seconds: number, oomKilled = false) =>
  ({
    ExitCode: code,
    OOMKilled: oomKilled,
    StartedAt: '2026-01-01T00:00:00.123456789Z',
    FinishedAt: new Date(Date.parse('2026-01-01T00:00:00.123Z') + seconds * 1000).toISOString(),
  }) as Docker.ContainerInspectInfo['State'];

test.each<[string, Docker.ContainerInspectInfo['State'], ExitKind | undefined, ExitKind]>([
  ['a clean end', ended(0, 5), undefined, 'exited'],
  ['a failure', ended(1, 5), undefined, 'exited'],
  ['a success just before the kill', ended(0, 5), 'killed', 'exited'],
  ['our kill', ended(137, 5), 'killed', 'killed'],
  ['our kill for the quota', ended(137, 5), 'quota_exceeded', 'quota_exceeded'],
  ['our kill at the deadline', ended(137, 85), 'timed_out', 'timed_out'],
  ['the deadline inside', ended(124, 60), undefined, 'timed_out'],
  ['the deadline inside, the start noted late', ended(124, 59.2), undefined, 'timed_out'],
  ['the deadline inside, by force', ended(137, 70), undefined, 'timed_out'],
  ['a script that exits as `timeout` does', ended(124, 5), undefined, 'exited'],
  ['out of memory', ended(137, 5, true), undefined, 'oom_killed'],
  ['out of memory in a child process', ended(1, 5, true), undefined, 'oom_killed'],
  ['a child out of memory that the script survived', ended(0, 5, true), undefined, 'exited'],
  ['killed by somebody else', ended(137, 5), undefined, 'lost'],
  ['stopped with its engine', ended(143, 5), undefined, 'lost'],
  ['gone while its engine was away', ended(255, 5), undefined, 'lost'],
  ['a crash', ended(139, 5), undefined, 'exited'],
])('%s', (_, state, reason, kind) => {
  expect(exitOf(state, TIMEOUT, reason)).toMatchObject({ kind, started_at: '2026-01-01T00:00:00.123Z' });
});
