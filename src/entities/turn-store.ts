import type { Failure } from '../contracts/failure';
import type { MessageView } from '../contracts/jobs';
import type { Phase } from '../contracts/status';
import { MoreThan } from 'typeorm';
import { AgentTurnRow } from './agent-turn.entity';
import { JobRow } from './job.entity';
import { MessageRow } from './record.entity';
import { RecordStore } from './record-store';
import { now, type RunKey } from './store-base';
import { messageView } from './views';

/** Names the turns of one agent's step. */
export interface TurnsRef {
  phase: Phase;
  attempt: number;
  agent_name: string;
}

export type NewTurn = Pick<AgentTurnRow, 'turn' | 'endpoint' | 'model' | 'prompt' | 'seen_message_id'>;
export type TurnAnswer = Required<
  Pick<AgentTurnRow, 'answer' | 'finish' | 'mode' | 'input_tokens' | 'output_tokens' | 'cost_usd' | 'seconds'>
>;

/** What models were asked and what they answered. */
export abstract class TurnStore extends RecordStore {
  /** The turns of a step so far, in order. */
  async turnsOf(jobId: string, ref: TurnsRef): Promise<AgentTurnRow[]> {
    return await this.database.read((manager) =>
      manager.find(AgentTurnRow, { where: { job_id: jobId, ...ref }, order: { turn: 'ASC' } }),
    );
  }

  /** All turns of a job, in the order in which they were begun. */
  async turnsOfJob(jobId: string): Promise<AgentTurnRow[]> {
    return await this.database.read((manager) =>
      manager.find(AgentTurnRow, { where: { job_id: jobId }, order: { created_at: 'ASC', turn: 'ASC' } }),
    );
  }

  /**
   * Notes that a turn is about to be asked. Each time counts as a call that may cost something, for an answer may be
   * lost on its way; the prompt of the first time stays.
   * @param reserve tokens that the call may use
   * @returns undefined where this run is no longer the job's newest.
   */
  async beginCall(run: RunKey, ref: TurnsRef, turn: NewTurn & { reserve: number }): Promise<AgentTurnRow | undefined> {
    const { reserve, ...fields } = turn;
    return await this.writeTo(run, async (manager, job) => {
      const natural = { job_id: job.id, ...ref, turn: turn.turn };
      const known = await manager.findOneBy(AgentTurnRow, natural);
      if (known) {
        const { endpoint, model } = fields;
        const counted = { calls: known.calls + 1, reserved_tokens: known.reserved_tokens + reserve, endpoint, model };
        await manager.update(AgentTurnRow, natural, counted);
        return { ...known, ...counted };
      }
      const begun = { run_no: run.run_no, calls: 1, reserved_tokens: reserve, seconds: 0, outage_seconds: 0 };
      await manager.insert(AgentTurnRow, { ...natural, ...fields, ...begun, created_at: now() } as never);
      return await manager.findOneByOrFail(AgentTurnRow, natural);
    });
  }

  /** Records the answer; the first one stays. The call's reserve goes where the endpoint says what it used. */
  async recordAnswer(run: RunKey, ref: TurnsRef & { turn: number; reserve: number }, answer: TurnAnswer) {
    const { reserve, ...natural } = ref;
    await this.writeTo(run, async (manager, job) => {
      const key = { job_id: job.id, ...natural };
      const known = await manager.findOneByOrFail(AgentTurnRow, key);
      if (known.answer) return;
      const isKnown = answer.input_tokens !== null && answer.output_tokens !== null;
      await manager.update(AgentTurnRow, key, {
        ...answer,
        seconds: known.seconds + answer.seconds,
        reserved_tokens: known.reserved_tokens - (isKnown ? reserve : 0),
        answered_at: now(),
      } as never);
      if (answer.cost_usd === null) return;
      await manager.update(JobRow, { id: job.id }, { cost_usd: (job.cost_usd ?? 0) + answer.cost_usd });
    });
  }

  /** Notes a call that failed, with how long this turn has failed by now. */
  async recordFailedCall(
    run: RunKey,
    ref: TurnsRef & { turn: number },
    failed: { failure: Failure; seconds: number; outage_seconds: number },
  ): Promise<void> {
    await this.writeTo(run, async (manager, job) => {
      const key = { job_id: job.id, ...ref };
      const known = await manager.findOneByOrFail(AgentTurnRow, key);
      await manager.update(AgentTurnRow, key, { ...failed, seconds: known.seconds + failed.seconds } as never);
    });
  }

  /** What the user has said in the job's messages since one of them, oldest first. */
  async userMessagesAfter(jobId: string, messageId: number): Promise<MessageView[]> {
    const rows = await this.database.read((manager) =>
      manager.find(MessageRow, {
        where: { job_id: jobId, message_type: 'user', id: MoreThan(messageId) },
        order: { id: 'ASC' },
      }),
    );
    return rows.map(messageView);
  }
}
