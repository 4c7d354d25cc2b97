import { WAITING_FOR } from '../contracts/steps';
import type { LeaderboardView, LogView, MessageView, ModelView } from '../contracts/jobs';
import { workflowIdOf, type JobView } from '../contracts/jobs';
import { isFinal } from '../contracts/status';
import type { TurnView } from '../contracts/turns';
import type { AgentTurnRow } from './agent-turn.entity';
import type { AttemptRow, ExecutionRow, LeaderboardEntry } from './execution.entity';
import type { JobRow } from './job.entity';
import type { LogRow, MessageRow, ModelRow } from './record.entity';

export interface TemporalUi {
  /** The UI's address, no slash at its end. */
  temporalUiUrl: string;
  namespace: string;
}

/**
 * @param queuePosition counts from 1; null where the job is in no queue.
 * @param queueSeconds until it probably gets a slot, where that was asked.
 */
export function jobView(
  row: JobRow,
  ui: TemporalUi,
  queuePosition: number | null,
  queueSeconds: number | null = null,
): JobView {
  return {
    id: row.id,
    name: row.name,
    prompt: row.prompt,
    dataset_path: row.dataset_path,
    dataset_id: row.dataset_id,
    dataset_version: row.dataset_version,
    status: row.status,
    final: isFinal(row.status),
    phase: row.phase,
    progress: row.progress,
    doing: row.doing,
    question: questionOf(row),
    question_detail: row.question,
    waiting_for: row.waiting_for,
    queue_position: queuePosition,
    queue_seconds: queueSeconds,
    cancel_requested: row.cancel_requested,
    pause_requested: row.pause_requested,
    created_at: row.created_at,
    updated_at: row.updated_at,
    started_at: row.started_at,
    finished_at: row.finished_at,
    error_message: row.error_message,
    error: row.error,
    target_column: row.target_column,
    requested_target_column: row.requested_target_column,
    options: row.options,
    metric: row.metric,
    score: row.score,
    baseline_score: row.baseline_score,
    skill: row.skill,
    run_seconds: row.run_seconds,
    cost_usd: row.cost_usd,
    models_trained: row.models_trained,
    run_no: row.run_no,
    engine: row.engine,
    parent_job_id: row.parent_job_id,
    version_number: row.version_number,
    root_job_id: row.root_job_id,
    forked_from: row.forked_from,
    temporal_url: row.run_no === 0 ? null : temporalUrl(ui, row.id),
  };
}

function temporalUrl({ temporalUiUrl, namespace }: TemporalUi, jobId: string): string {
  return `${temporalUiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${workflowIdOf(jobId)}`;
}

export function logView({ id, job_id, message, level, timestamp }: LogRow): LogView {
  return { id, job_id, message, level, timestamp };
}

export function messageView(row: MessageRow): MessageView {
  const { id, job_id, agent_name, content, message_type, timestamp, source } = row;
  return { id, job_id, agent_name, content, message_type, timestamp, source };
}

export function modelView(row: ModelRow): ModelView {
  const { id, job_id, name, model_path, metrics, baseline, metric, created_at } = row;
  return { id, job_id, name, model_path, metrics, baseline, metric, created_at };
}

export function leaderboardView(row: LeaderboardEntry): LeaderboardView {
  const { model_id, algorithm, metric, score, train_seconds, attempt } = row;
  return { model_id, algorithm, metric, score, train_seconds, attempt };
}

export function attemptView(row: AttemptRow) {
  const { phase, attempt, run_no, outcome, failure, detail, started_at, finished_at } = row;
  return { phase, attempt, run_no, outcome, failure, detail, started_at, finished_at };
}

export function executionView(row: ExecutionRow) {
  const { job_id: _jobId, stage, ...view } = row;
  return { ...view, stage: stage || null };
}

export function turnView(row: AgentTurnRow): Omit<TurnView, 'agent_name'> & { agent_name: string } {
  const { job_id: _jobId, run_no: _runNo, seen_message_id: _seen, reserved_tokens: _reserved, ...view } = row;
  const { outage_seconds: _outage, ...shown } = view;
  return shown;
}

/** A job that an older version left waiting has its words alone. */
function questionOf({ status, waiting_for, question }: JobRow): JobView['question'] {
  if (status !== 'awaiting_user_input') return null;
  if (question) return question.kind;
  return waiting_for === WAITING_FOR.budget ? 'budget' : 'plan';
}
