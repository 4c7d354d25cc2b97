import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Failure } from '../contracts/failure';
import type { Phase } from '../contracts/status';
import type { TurnMessage } from '../contracts/turns';
import {
  INTEGER,
  INTEGER_OR_NULL,
  JSON_TEXT,
  JSON_TEXT_OR_NULL,
  REAL,
  REAL_OR_NULL,
  TEXT,
  TEXT_OR_NULL,
} from './columns';

/** One turn of an agent with a model: what was said to it, and its answer once there is one. */
@Entity('agent_turns')
export class AgentTurnRow {
  @PrimaryColumn(TEXT) job_id!: string;
  @PrimaryColumn(TEXT) phase!: Phase;
  @PrimaryColumn(INTEGER) attempt!: number;
  @PrimaryColumn(TEXT) agent_name!: string;
  /** From 1. */
  @PrimaryColumn(INTEGER) turn!: number;
  @Column(INTEGER) run_no!: number;
  @Column(TEXT) endpoint!: string;
  @Column(TEXT) model!: string;
  /** The messages that this turn adds to those before it. */
  @Column(JSON_TEXT) prompt!: TurnMessage[];
  /** The user's last message that the prompts so far have passed on; 0 for none. */
  @Column(INTEGER) seen_message_id!: number;
  /** How often this turn was asked, those included that failed or whose worker died; counted before each. */
  @Column(INTEGER) calls!: number;
  /** Tokens that calls may have used about which the endpoint said nothing. */
  @Column(INTEGER) reserved_tokens!: number;
  /** Null until it is here. */
  @Column(JSON_TEXT_OR_NULL) answer!: TurnMessage | null;
  @Column(TEXT_OR_NULL) finish!: string | null;
  @Column(TEXT_OR_NULL) mode!: string | null;
  @Column(INTEGER_OR_NULL) input_tokens!: number | null;
  @Column(INTEGER_OR_NULL) output_tokens!: number | null;
  @Column(REAL_OR_NULL) cost_usd!: number | null;
  /** Of all calls of this turn. */
  @Column(REAL) seconds!: number;
  /** Why the last call that failed did. */
  @Column(JSON_TEXT_OR_NULL) failure!: Failure | null;
  /** From the first call that failed to the last one. */
  @Column(REAL) outage_seconds!: number;
  @Column(TEXT) created_at!: string;
  @Column(TEXT_OR_NULL) answered_at!: string | null;
}
