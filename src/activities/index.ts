import { createAgentActivities, type AgentActivities } from './agents';
import { createDatasetActivities, type DatasetActivities } from './datasets';
import type { Dependencies } from './dependencies';
import { createDraftActivities, type DraftActivities } from './drafts';
import { createExecutionActivities, type ExecutionActivities } from './execution';
import { classified } from './failures';
import { createResultActivities, type ResultActivities } from './results';
import { createRowActivities, type RowActivities } from './rows';
import { createScoreActivities, type ScoreActivities } from './scores';
import { StoredSteps } from './stored-steps';

export type {
  AgentActivities,
  DatasetActivities,
  DraftActivities,
  ExecutionActivities,
  ResultActivities,
  RowActivities,
  ScoreActivities,
};
export type Activities = AgentActivities &
  DatasetActivities &
  DraftActivities &
  ExecutionActivities &
  ResultActivities &
  RowActivities &
  ScoreActivities;

/** All activities; those that run on queues of their own are split off. */
export function createActivities(deps: Dependencies) {
  return {
    main: classified({
      ...createAgentActivities(deps),
      ...createResultActivities(deps),
      ...createRowActivities(deps),
    }),
    execution: classified(createExecutionActivities(deps)),
    datasets: classified(createDatasetActivities(deps)),
    drafts: classified(createDraftActivities(deps)),
    scores: classified(
      createScoreActivities({ ...deps, analysis: async (jobId) => await new StoredSteps(deps).analysis(jobId) }),
    ),
  };
}
