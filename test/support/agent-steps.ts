import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import type { Dependencies } from '../../src/activities/dependencies';
import { createAgents } from '../../src/agents';
import { CONFIG_VARIABLES, loadConfig, type Config } from '../../src/config';
import type { CreateJob, MessageView } from '../../src/contracts/jobs';
import type { Phase } from '../../src/contracts/status';
import { isAnotherTurn } from '../../src/contracts/turns';
import { createSecrets, createSqlSources } from '../../src/data';
import { ModelClient } from '../../src/endpoints/client';
import {
  AgentTurnRow,
  Database,
  DatasetStore,
  JobStore,
  MessageRow,
  StatisticsRow,
  StepOutputRow,
  storedUploadPath,
  uploadedFile,
} from '../../src/entities';
import { createLogger } from '../../src/logger';

export const BIKES = path.join(__dirname, '..', '..', 'examples', 'bike_sharing_daily.csv');
const GOAL = {
  name: 'Bikes',
  prompt: 'Forecast the total rentals for the next 14 days',
  target_column: 'total_rentals',
};

/** Whatever a developer's own `.env` says about models; an empty variable counts as not set. */
export const NO_MODELS = Object.fromEntries(
  CONFIG_VARIABLES.filter((name) => /^(OPENAI|DEEPSEEK|AGENT|MODEL|JOB)_/.test(name)).map((name) => [name, '']),
);

/** An agent's recorded answer, as much of it as tests look at. */
export interface Recorded {
  source: 'template' | 'llm';
  without_model?: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as many shapes as agents
  output: any;
  messages: string[];
}

/**
 * The agents' activities over a real database and a real HTTP endpoint, one execution at a time: what Temporal does
 * with retries and turns, a test does by hand.
 */
export class AgentSteps {
  private constructor(
    readonly config: Config,
    readonly store: JobStore,
    readonly dependencies: Dependencies,
    private readonly folder: string,
  ) {}

  /** @param isolated whether there are containers, in which feature functions may run */
  static async create(
    environment: Record<string, string>,
    { isolated = false, agents = createAgents() } = {},
  ): Promise<AgentSteps> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'automl-agents-'));
    const config = loadConfig({ ...NO_MODELS, DATA_DIR: folder, MODEL_CALL_TIMEOUT: '1', ...environment });
    const database = await Database.open(config.databaseUrl);
    const sources = { secrets: createSecrets(config), sources: createSqlSources(config.sqlSources) };
    const data = { ...sources, datasets: new DatasetStore(database) };
    const store = new JobStore(database, { temporalUiUrl: '', namespace: 'default' });
    const models = new ModelClient(config.models.callTimeoutSeconds);
    const engine = { isolated } as Dependencies['engine'];
    const unused = { temporal: undefined } as unknown as Pick<Dependencies, 'temporal'>;
    const deps = {
      ...unused,
      ...data,
      engine,
      config,
      store,
      models,
      agents,
      log: createLogger('test', false),
    };
    return new AgentSteps(config, store, deps, folder);
  }

  /** A job whose run has begun. @param data its text and its file's name; the bundled set where there is no text */
  async job(more: Partial<CreateJob> = {}, { csv, name = 'data.csv' }: { csv?: string; name?: string } = {}) {
    const { id } = await this.store.createJob({ ...GOAL, ...more } as CreateJob);
    const dataset_path = storedUploadPath(id, name);
    await mkdir(path.join(this.config.uploadDir, id), { recursive: true });
    const file = uploadedFile(this.config.uploadDir, dataset_path);
    if (csv === undefined) await copyFile(BIKES, file);
    else await writeFile(file, csv);
    const dataset = { dataset_path, dataset_name: name, dataset_bytes: 1 };
    await this.store.claimRun(id, { from: 'analysis', allowedStatuses: ['created'], action: 'upload', dataset });
    return id;
  }

  /** One execution of an activity, as a worker's that started anew unless told otherwise. */
  async once(
    type: string,
    jobId: string,
    {
      attempt = 1,
      left = 3,
      tried = 1,
      more = {},
    }: { attempt?: number; left?: number; tried?: number; more?: object } = {},
    besides: unknown[] = [],
  ): Promise<object> {
    const { main } = createActivities(this.dependencies);
    const activity = main[type as keyof typeof main] as unknown as (...input: unknown[]) => Promise<object>;
    const environment = new MockActivityEnvironment({ attempt: tried }, { logger: new DefaultLogger('ERROR') });
    const step = { job_id: jobId, run_no: 1, attempt, attempts_left: left, ...more };
    return (await environment.run(activity, step, ...besides)) as object;
  }

  /** All turns, retries included, as the workflow and Temporal would have them. @returns the recorded answer */
  async answer(
    type: string,
    jobId: string,
    options: { attempt?: number; left?: number; more?: object } = {},
  ): Promise<Recorded> {
    let tried = 1;
    for (let executions = 0; executions < 60; executions += 1) {
      try {
        const result = await this.once(type, jobId, { ...options, tried });
        if (!isAnotherTurn(result)) return await this.recorded(type, jobId, options.attempt ?? 1);
        tried = 1;
      } catch (error) {
        if ((error as { nonRetryable?: boolean }).nonRetryable) throw error;
        tried += 1;
      }
    }
    throw new Error(`${type} did not come to an end`);
  }

  async recorded(type: string, jobId: string, attempt = 1): Promise<Recorded> {
    const [agent, phase] = type.split('.') as [string, Phase];
    return (await this.store.getOutput(jobId, phase, agent, attempt)) as Recorded;
  }

  /** As if an agent had never been asked. */
  async forget(type: string, jobId: string, attempt = 1): Promise<void> {
    const [agent_name, phase] = type.split('.') as [string, Phase];
    const step = { job_id: jobId, phase, attempt };
    await this.store.database.write(async (manager) => {
      await manager.delete(StepOutputRow, { ...step, kind: agent_name });
      await manager.delete(AgentTurnRow, { ...step, agent_name });
    });
  }

  async messages(jobId: string): Promise<Pick<MessageView, 'agent_name' | 'content' | 'source'>[]> {
    return await this.store.database.read((manager) =>
      manager.find(MessageRow, { where: { job_id: jobId }, order: { id: 'ASC' } }),
    );
  }

  async statistics(jobId: string, agent: string): Promise<StatisticsRow | null> {
    return await this.store.database.read((manager) =>
      manager.findOneBy(StatisticsRow, { job_id: jobId, agent_name: agent }),
    );
  }

  async close(): Promise<void> {
    await this.store.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
