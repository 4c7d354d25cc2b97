import { z } from 'zod';
import { LeaderboardRow } from './execution';
import { JobView, LogView, MessageView } from './jobs';
import { Phase, TrainingStage } from './status';

/**
 * The job's event stream: every event is a row of the append-only `job_events`, `seq` counts from 1 a job without
 * holes. As server-sent events: `id` is `seq`, `event` is `type`, `data` the JSON of the rest.
 */
export const JobEvent = z.discriminatedUnion('type', [
  /** The whole job after a change of status, phase or progress. */
  z.object({ seq: z.int(), type: z.literal('status'), data: JobView }),
  z.object({ seq: z.int(), type: z.literal('log'), data: LogView }),
  z.object({ seq: z.int(), type: z.literal('message'), data: MessageView }),
  z.object({
    seq: z.int(),
    type: z.literal('leaderboard'),
    data: z.object({ phase: Phase, attempt: z.int(), rows: z.array(LeaderboardRow) }),
  }),
  z.object({
    seq: z.int(),
    type: z.literal('attempt'),
    data: z.object({
      phase: Phase,
      attempt: z.int(),
      stage: TrainingStage.optional(),
      incarnation: z.int(),
      state: z.enum([
        'started',
        'reattached',
        'restarted',
        'paused',
        'limits_changed',
        'succeeded',
        'failed',
        'cancelled',
      ]),
      detail: z.string(),
      time: z.iso.datetime(),
    }),
  }),
  /** Nothing follows until a retry. */
  z.object({ seq: z.int(), type: z.literal('end'), data: JobView }),
]);
export type JobEvent = z.infer<typeof JobEvent>;
