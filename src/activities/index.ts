import { createAgentActivities, type AgentActivities } from './agents';
import type { Dependencies } from './dependencies';
import { createExecutionActivities, type ExecutionActivities } from './execution';
import { classified } from './failures';
import { createResultActivities, type ResultActivities } from './results';
import { createRowActivities, type RowActivities } from './rows';

export type { AgentActivities, ExecutionActivities, ResultActivities, RowActivities };
export type Activities = AgentActivities & ExecutionActivities & ResultActivities & RowActivities;

/** All activities; the execution ones are split off because they run on a queue of their own. */
export function createActivities(deps: Dependencies) {
  return {
    main: classified({
      ...createAgentActivities(deps),
      ...createResultActivities(deps),
      ...createRowActivities(deps),
    }),
    execution: classified(createExecutionActivities(deps)),
  };
}
