import type { Client } from '@temporalio/client';
import type { Agents } from '../agents/agent';
import type { Config } from '../config';
import type { ModelClient } from '../endpoints/client';
import type { ExecutionEngine } from '../engines/engine';
import type { Secrets } from '../data/secrets';
import type { SqlSources } from '../data/sql';
import type { DatasetStore, JobStore } from '../entities';
import type { Logger } from '../logger';

/** All that the activities use; made once, in src/worker.ts. */
export interface Dependencies {
  config: Config;
  store: JobStore;
  datasets: DatasetStore;
  secrets: Secrets;
  sources: SqlSources;
  engine: ExecutionEngine;
  agents: Agents;
  models: Pick<ModelClient, 'ask'>;
  temporal: Client;
  log: Logger;
}
