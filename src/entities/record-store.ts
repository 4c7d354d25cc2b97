import { randomUUID } from 'node:crypto';
import { In, type EntityManager } from 'typeorm';
import type { LogView, MessageView } from '../contracts/jobs';
import type { Phase, ScriptPhase } from '../contracts/status';
import { StepOutputRow } from './execution.entity';
import {
  AgentCallRow,
  LogRow,
  MessageRow,
  ModelRow,
  PredictionRow,
  ReportRow,
  ScriptRow,
  StatisticsRow,
} from './record.entity';
import { StoreBase, insertAll, now, type JobKey } from './store-base';
import { logView, messageView } from './views';

export type NewLog = Pick<LogView, 'level' | 'message' | 'timestamp'> & { key: string };
export type NewMessage = Pick<MessageView, 'agent_name' | 'content' | 'message_type' | 'source'> & { key: string };
export type NewReport = Pick<ReportRow, 'key' | 'stage' | 'title' | 'content' | 'metadata'>;
export type NewScript = Pick<ScriptRow, 'script_type' | 'attempt' | 'script_name' | 'script_content' | 'agent_name'>;
export type NewAgentCall = Pick<AgentCallRow, 'key' | 'source' | 'seconds' | 'input_tokens' | 'output_tokens'> & {
  agent_name: string;
  cost_usd?: number | null;
};
export type NewModel = Pick<ModelRow, 'attempt' | 'name' | 'model_path' | 'metrics' | 'baseline' | 'metric'> &
  Partial<Pick<ModelRow, 'task' | 'skill' | 'bytes' | 'sha256'>>;
export type NewPrediction = Pick<PredictionRow, 'attempt'> & {
  /** Relative to DATA_DIR. */
  path: string;
  /** `predictions` is the table, `plot` the picture of it. */
  kind?: PredictionRow['kind'];
  row_count?: number | null;
  bytes?: number | null;
  sha256?: string | null;
};

/** What the steps of a job leave behind. Every method may be repeated: its natural key makes the rows the same. */
export abstract class RecordStore extends StoreBase {
  /** Adds the rows whose key is new, each with its `log` event. */
  async appendLogs(key: JobKey, rows: NewLog[]): Promise<boolean> {
    if (rows.length === 0) return true;
    const done = await this.writeTo(key, async (manager, job) => {
      const keys = [...new Set(rows.map((row) => row.key))];
      const known = new Set((await logsByKey(manager, job.id, keys)).map((row) => row.key));
      const added = keys.filter((each) => !known.has(each));
      if (added.length === 0) return true;
      const byKey = new Map(rows.map((row) => [row.key, row]));
      await insertAll(
        manager,
        LogRow,
        added.map((each) => ({ ...byKey.get(each)!, job_id: job.id })),
      );
      const stored = await logsByKey(manager, job.id, added);
      await this.appendEvents(
        manager,
        job,
        stored.map((row) => ({ type: 'log', data: logView(row) })),
      );
      return true;
    });
    return done ?? false;
  }

  async addMessage(key: JobKey, message: NewMessage): Promise<boolean> {
    const done = await this.writeTo(key, async (manager, job) => {
      const natural = { job_id: job.id, key: message.key };
      if (await manager.existsBy(MessageRow, natural)) return true;
      await manager.insert(MessageRow, { ...message, job_id: job.id, timestamp: now() });
      const row = await manager.findOneByOrFail(MessageRow, natural);
      await this.appendEvents(manager, job, [{ type: 'message', data: messageView(row) }]);
      return true;
    });
    return done ?? false;
  }

  async addReport(key: JobKey, report: NewReport): Promise<boolean> {
    const done = await this.writeTo(key, async (manager, job) => {
      const row = { ...report, job_id: job.id, created_at: now() };
      await manager.upsert(ReportRow, row as never, ['job_id', 'key']);
      return true;
    });
    return done ?? false;
  }

  /** One row a script: a repeated attempt replaces the text, and keeps the result. */
  async saveScript(key: JobKey, script: NewScript): Promise<boolean> {
    const done = await this.writeTo(key, async (manager, job) => {
      const row = { ...script, job_id: job.id, created_at: now() };
      await manager.upsert(ScriptRow, row, ['job_id', 'script_type', 'attempt']);
      return true;
    });
    return done ?? false;
  }

  async setScriptResult(
    key: JobKey,
    scriptType: ScriptPhase,
    attempt: number,
    result: Record<string, unknown>,
  ): Promise<boolean> {
    const done = await this.writeTo(key, async (manager, job) => {
      const natural = { job_id: job.id, script_type: scriptType, attempt };
      await manager.update(ScriptRow, natural, { execution_result: result as never });
      return true;
    });
    return done ?? false;
  }

  /** Stores what a step hands on, as JSON; the same step's repetition replaces it. */
  async saveOutput(key: JobKey, phase: Phase, attempt: number, kind: string, value: unknown): Promise<boolean> {
    const done = await this.writeTo(key, async (manager, job) => {
      const row = { job_id: job.id, phase, attempt, kind, value, created_at: now() };
      await manager.upsert(StepOutputRow, row as never, ['job_id', 'phase', 'attempt', 'kind']);
      return true;
    });
    return done ?? false;
  }

  /** @returns the newest attempt's output where no attempt is given; undefined where there is none. */
  async getOutput(jobId: string, phase: Phase, kind: string, attempt?: number): Promise<unknown> {
    const row = await this.database.read((manager) =>
      manager.findOne(StepOutputRow, {
        where: { job_id: jobId, phase, kind, ...(attempt === undefined ? {} : { attempt }) },
        order: { attempt: 'DESC' },
      }),
    );
    return row?.value;
  }

  /** All attempts' outputs of one kind, oldest first. */
  async listOutputs(jobId: string, phase: Phase, kind: string): Promise<{ attempt: number; value: unknown }[]> {
    const rows = await this.database.read((manager) =>
      manager.find(StepOutputRow, { where: { job_id: jobId, phase, kind }, order: { attempt: 'ASC' } }),
    );
    return rows.map(({ attempt, value }) => ({ attempt, value }));
  }

  /** Records one answered call and brings the agent's totals up to date. */
  async recordAgentCall(key: JobKey, call: NewAgentCall): Promise<boolean> {
    const done = await this.writeTo(key, async (manager, job) => {
      if (await manager.existsBy(AgentCallRow, { job_id: job.id, key: call.key })) return true;
      await manager.insert(AgentCallRow, { ...call, job_id: job.id, created_at: now() });
      const calls = await manager.findBy(AgentCallRow, { job_id: job.id, agent_name: call.agent_name });
      const totals = { ...totalsOf(calls), job_id: job.id, agent_name: call.agent_name, last_updated: now() };
      await manager.upsert(StatisticsRow, totals, ['job_id', 'agent_name']);
      return true;
    });
    return done ?? false;
  }

  /** @returns the model's id, the same for every write of the same attempt; undefined where the job is gone. */
  async saveModel(key: JobKey, model: NewModel): Promise<string | undefined> {
    return await this.writeTo(key, async (manager, job) => {
      const known = await manager.findOneBy(ModelRow, { job_id: job.id, attempt: model.attempt });
      if (known) {
        await manager.update(ModelRow, { id: known.id }, model as never);
        return known.id;
      }
      const id = randomUUID();
      await manager.insert(ModelRow, { ...model, id, job_id: job.id, created_at: now() } as never);
      return id;
    });
  }

  /** Registers a result file: only a registered one is served. */
  async savePrediction(key: JobKey, prediction: NewPrediction): Promise<boolean> {
    const { path: file_path, kind = 'predictions', ...rest } = prediction;
    const done = await this.writeTo(key, async (manager, job) => {
      const row = { ...rest, kind, file_path, job_id: job.id, created_at: now() };
      await manager.upsert(PredictionRow, row, ['job_id', 'kind', 'attempt']);
      return true;
    });
    return done ?? false;
  }
}

async function logsByKey(manager: EntityManager, jobId: string, keys: string[]): Promise<LogRow[]> {
  return await manager.find(LogRow, { where: { job_id: jobId, key: In(keys) }, order: { id: 'ASC' } });
}

/** Tokens are null where any model call did not report them; a template's calls use none. */
function totalsOf(calls: AgentCallRow[]) {
  const byModel = calls.filter((call) => call.source !== 'template');
  const sum = (of: 'input_tokens' | 'output_tokens' | 'cost_usd'): number | null => {
    const counts = byModel.map((call) => call[of]);
    return counts.length === 0 || counts.includes(null) ? null : counts.reduce<number>((a, b) => a + b!, 0);
  };
  const [input_tokens, output_tokens] = [sum('input_tokens'), sum('output_tokens')];
  return {
    calls_count: calls.length,
    input_tokens,
    output_tokens,
    cost_usd: sum('cost_usd'),
    tokens_consumed: input_tokens === null || output_tokens === null ? null : input_tokens + output_tokens,
    total_execution_time: calls.reduce((total, call) => total + call.seconds, 0),
  };
}
