import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { ScriptPhase, TrainingStage } from '../contracts/status';
import { datasetQueue, draftQueue, executionQueue, scoreQueue } from '../temporal/queues';
import type {
  AgentActivities,
  DatasetActivities,
  DraftActivities,
  ExecutionActivities,
  ResultActivities,
  RowActivities,
  ScoreActivities,
} from '../activities';

/**
 * Agent calls: an analysis of half a gigabyte or a slow model may take minutes, and heartbeats tell a dead worker
 * from a slow one. A worker that is killed again and again must not use the attempts up, so there are many.
 */
export const agents = proxyActivities<AgentActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds', maximumAttempts: 40 },
});

/** The activity that writes each phase's script. */
export const BUILD_STEP = {
  training: 'ModelBuilder.training',
  prediction: 'Prediction.prediction',
  visualization: 'Visualization.visualization',
} as const satisfies Record<ScriptPhase, keyof AgentActivities>;

/** The activity that runs each stage of a training. The one that trains bears the name that all of it once had. */
export const STAGE_STEP = {
  seal: 'CodeExecutor.seal',
  train: 'CodeExecutor.training',
  evaluate: 'CodeExecutor.evaluate',
} as const satisfies Record<TrainingStage, keyof ExecutionActivities>;

/** A run of a phase's script, or of one stage of it. */
export interface ScriptRun {
  phase: ScriptPhase;
  stage?: TrainingStage;
}

/**
 * Lower goes first. A job that has begun is finished before another one begins: else two hundred jobs that come at once
 * would all end at the end. Where a server knows no priorities, the waiting is in plain order.
 */
const PRIORITY: Record<ScriptPhase | TrainingStage, number> = {
  ...{ seal: 5, train: 4, evaluate: 3 },
  ...{ training: 4, prediction: 2, visualization: 1 },
};

/**
 * Container runs: bounded by the engine's own time-out, not by this one, which only catches a worker that lives
 * and does nothing. A retry re-attaches, so it starts at once. On cancellation the workflow waits until the
 * container is confirmed dead.
 */
export function executionsOn(taskQueue: string, run: ScriptRun): ActivityInterfaceFor<ExecutionActivities> {
  return proxyActivities<ExecutionActivities>({
    taskQueue: executionQueue(taskQueue),
    priority: { priorityKey: PRIORITY[run.stage ?? run.phase] },
    startToCloseTimeout: '8 days',
    heartbeatTimeout: '20 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: '1 second',
      backoffCoefficient: 1.5,
      maximumInterval: '20 seconds',
      maximumAttempts: 100,
    },
  });
}

/**
 * Making a version of a data set: gigabytes or a slow query may take hours, and a worker that is killed again and again
 * must not use the attempts up. On cancellation the workflow waits until the files are gone.
 */
export function datasetsOn(taskQueue: string): ActivityInterfaceFor<DatasetActivities> {
  return proxyActivities<DatasetActivities>({
    taskQueue: datasetQueue(taskQueue),
    startToCloseTimeout: '1 day',
    heartbeatTimeout: '20 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      initialInterval: '500 milliseconds',
      backoffCoefficient: 2,
      maximumInterval: '30 seconds',
      maximumAttempts: 40,
    },
  });
}

/**
 * Writing a query: somebody waits, so no attempt begins that could not end in time, and few do. A call of a model ends
 * by itself before its activity does.
 */
export function draftsOn(taskQueue: string, seconds: number): ActivityInterfaceFor<DraftActivities> {
  return proxyActivities<DraftActivities>({
    taskQueue: draftQueue(taskQueue),
    scheduleToCloseTimeout: seconds * 1000,
    startToCloseTimeout: '45 seconds',
    heartbeatTimeout: '12 seconds',
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumAttempts: 3 },
  });
}

/**
 * Scoring rows: somebody waits. A retry attaches to the run that is under way, so it starts at once; on cancellation the
 * workflow waits until the run is gone.
 */
export function scoresOn(taskQueue: string, seconds: number): ActivityInterfaceFor<ScoreActivities> {
  return proxyActivities<ScoreActivities>({
    taskQueue: scoreQueue(taskQueue),
    scheduleToCloseTimeout: seconds * 1000,
    startToCloseTimeout: seconds * 1000,
    heartbeatTimeout: '12 seconds',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '500 milliseconds', backoffCoefficient: 1.5, maximumAttempts: 20 },
  });
}

/** Steps of ours that touch files, Temporal or the network: short, idempotent, worth retrying for an hour. */
export const results = proxyActivities<ResultActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute', maximumAttempts: 60 },
});

/** Short row writes: as local activities they cost 5 ms instead of 50; a database that is locked is tried for long. */
export const rows = proxyLocalActivities<RowActivities>({
  startToCloseTimeout: '90 seconds',
  retry: {
    initialInterval: '200 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '10 seconds',
    maximumAttempts: 30,
  },
});
