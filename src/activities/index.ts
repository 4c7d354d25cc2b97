import { createAgentActivities, type AgentActivities } from './agents';
import { createDatasetActivities, type DatasetActivities } from './datasets';
import type { Dependencies } from './dependencies';
import { createDraftActivities, type DraftActivities } from './drafts';
import { createExecutionActivities, type ExecutionActivities } from './execution';
import { classified } from './failures';
import { createResultActivities, type ResultActivities } from './results';
import { createRowActivities, type RowActivities } from './rows';

export type {
  AgentActivities,
  DatasetActivities,
  DraftActivities,
  ExecutionActivities,
  ResultActivities,
  RowActivities,
};
export type Activities = AgentActivities &
  DatasetActivities &
  DraftActivities &
  ExecutionActivities &
  ResultActivities &
  RowActivities;

/** All activities; those of executions, data sets and drafts are split off because they run on queues of their own. */
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
  };
}
