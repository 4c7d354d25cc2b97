import { type MigrationInterface, type QueryRunner, Table, type TableOptions } from 'typeorm';
import { KEY, NULLABLE, bigint, flag, integer, ofJob, real, serial, text, unique } from './columns';

const jobs: TableOptions[] = [
  {
    name: 'jobs',
    columns: [
      text('id', KEY),
      text('name'),
      text('prompt'),
      text('dataset_path', NULLABLE),
      text('dataset_name', NULLABLE),
      bigint('dataset_bytes', NULLABLE),
      text('status', { default: "'created'" }),
      text('phase', NULLABLE),
      integer('progress', { default: 0 }),
      text('doing', NULLABLE),
      text('waiting_for', NULLABLE),
      text('waiting_since', NULLABLE),
      flag('cancel_requested'),
      flag('pause_requested'),
      text('created_at'),
      text('updated_at'),
      text('started_at', NULLABLE),
      text('finished_at', NULLABLE),
      text('error_message', NULLABLE),
      text('error', NULLABLE),
      text('target_column', NULLABLE),
      text('requested_target_column', NULLABLE),
      text('options'),
      text('metric', NULLABLE),
      real('score', NULLABLE),
      real('baseline_score', NULLABLE),
      integer('models_trained', { default: 0 }),
      integer('run_no', { default: 0 }),
      text('run_from', NULLABLE),
      text('engine', NULLABLE),
      text('parent_job_id', NULLABLE),
      integer('version_number', { default: 1 }),
      integer('event_seq', { default: 0 }),
      text('deleted_at', NULLABLE),
    ],
    indices: [
      { name: 'jobs_by_age', columnNames: ['created_at', 'id'] },
      { name: 'jobs_by_status', columnNames: ['status'] },
    ],
  },
  {
    name: 'job_events',
    columns: [
      text('job_id', KEY),
      integer('seq', KEY),
      text('type'),
      text('data'),
      text('key', NULLABLE),
      text('created_at'),
    ],
    indices: [unique('job_events_once', ['job_id', 'key'])],
    foreignKeys: [ofJob('job_events')],
  },
  {
    name: 'idempotency_keys',
    columns: [text('scope', KEY), text('key', KEY), text('body_hash'), text('resource_id'), text('created_at')],
  },
  {
    name: 'audit_log',
    columns: [serial('id'), text('action'), text('job_id', NULLABLE), text('detail'), text('created_at')],
    indices: [{ name: 'audit_log_by_job', columnNames: ['job_id'] }],
  },
];

const records: TableOptions[] = [
  {
    name: 'logs',
    columns: [serial('id'), text('job_id'), text('key'), text('message'), text('level'), text('timestamp')],
    indices: [unique('logs_once', ['job_id', 'key'])],
    foreignKeys: [ofJob('logs')],
  },
  {
    name: 'agent_messages',
    columns: [
      serial('id'),
      text('job_id'),
      text('key'),
      text('agent_name'),
      text('content'),
      text('message_type', { default: "'agent'" }),
      text('timestamp'),
      text('source', { default: "'agent'" }),
    ],
    indices: [unique('agent_messages_once', ['job_id', 'key'])],
    foreignKeys: [ofJob('agent_messages')],
  },
  {
    name: 'process_reports',
    columns: [
      serial('id'),
      text('job_id'),
      text('key'),
      text('stage'),
      text('title'),
      text('content'),
      text('metadata'),
      text('created_at'),
    ],
    indices: [unique('process_reports_once', ['job_id', 'key'])],
    foreignKeys: [ofJob('process_reports')],
  },
  {
    name: 'generated_scripts',
    columns: [
      serial('id'),
      text('job_id'),
      text('script_type'),
      integer('attempt'),
      text('script_name'),
      text('script_content'),
      text('agent_name'),
      text('execution_result', NULLABLE),
      text('created_at'),
    ],
    indices: [unique('generated_scripts_once', ['job_id', 'script_type', 'attempt'])],
    foreignKeys: [ofJob('generated_scripts')],
  },
  {
    name: 'agent_calls',
    columns: [
      text('job_id', KEY),
      text('key', KEY),
      text('agent_name'),
      text('source'),
      real('seconds'),
      integer('input_tokens', NULLABLE),
      integer('output_tokens', NULLABLE),
      text('created_at'),
    ],
    foreignKeys: [ofJob('agent_calls')],
  },
  {
    name: 'agent_statistics',
    columns: [
      serial('id'),
      text('job_id'),
      text('agent_name'),
      integer('tokens_consumed', NULLABLE),
      integer('calls_count'),
      integer('input_tokens', NULLABLE),
      integer('output_tokens', NULLABLE),
      real('total_execution_time'),
      text('last_updated'),
    ],
    indices: [unique('agent_statistics_once', ['job_id', 'agent_name'])],
    foreignKeys: [ofJob('agent_statistics')],
  },
  {
    name: 'models',
    columns: [
      text('id', KEY),
      text('job_id'),
      integer('attempt'),
      text('name'),
      text('model_path'),
      bigint('bytes', NULLABLE),
      text('sha256', NULLABLE),
      text('task', NULLABLE),
      text('metric', NULLABLE),
      text('metrics'),
      text('baseline', NULLABLE),
      real('skill', NULLABLE),
      text('created_at'),
    ],
    indices: [unique('models_once', ['job_id', 'attempt'])],
    foreignKeys: [ofJob('models')],
  },
  {
    name: 'predictions',
    columns: [
      serial('id'),
      text('job_id'),
      text('kind'),
      integer('attempt'),
      text('file_path'),
      bigint('bytes', NULLABLE),
      text('sha256', NULLABLE),
      integer('row_count', NULLABLE),
      text('created_at'),
    ],
    indices: [unique('predictions_once', ['job_id', 'kind', 'attempt'])],
    foreignKeys: [ofJob('predictions')],
  },
];

const executions: TableOptions[] = [
  {
    name: 'phase_attempts',
    columns: [
      text('job_id', KEY),
      text('phase', KEY),
      integer('attempt', KEY),
      integer('run_no'),
      integer('ordinal'),
      text('outcome', NULLABLE),
      text('failure', NULLABLE),
      text('detail', NULLABLE),
      text('started_at'),
      text('finished_at', NULLABLE),
    ],
    foreignKeys: [ofJob('phase_attempts')],
  },
  {
    name: 'executions',
    columns: [
      text('id', KEY),
      text('job_id'),
      text('phase'),
      integer('attempt'),
      integer('incarnation'),
      text('engine'),
      text('container'),
      text('started_at'),
      text('finished_at', NULLABLE),
      text('exit', NULLABLE),
      integer('exit_code', NULLABLE),
      real('seconds', NULLABLE),
      bigint('peak_memory_bytes', NULLABLE),
      real('cpu_seconds', NULLABLE),
    ],
    indices: [unique('executions_once', ['job_id', 'phase', 'attempt', 'incarnation'])],
    foreignKeys: [ofJob('executions')],
  },
  {
    name: 'resource_samples',
    columns: [text('execution_id', KEY), text('time', KEY), real('cpu'), bigint('memory_bytes'), bigint('disk_bytes')],
    foreignKeys: [
      {
        name: 'resource_samples_of_execution',
        columnNames: ['execution_id'],
        referencedTableName: 'executions',
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      },
    ],
  },
  {
    name: 'leaderboard_rows',
    columns: [
      text('job_id', KEY),
      text('phase', KEY),
      integer('attempt', KEY),
      text('model_id', KEY),
      integer('place'),
      text('algorithm'),
      text('metric'),
      real('score', NULLABLE),
      real('train_seconds', NULLABLE),
    ],
    foreignKeys: [ofJob('leaderboard_rows')],
  },
  {
    name: 'step_outputs',
    columns: [
      text('job_id', KEY),
      text('phase', KEY),
      integer('attempt', KEY),
      text('kind', KEY),
      text('value'),
      text('created_at'),
    ],
    foreignKeys: [ofJob('step_outputs')],
  },
];

const sources: TableOptions[] = [
  {
    name: 'database_connections',
    columns: [
      text('id', KEY),
      text('name'),
      text('type'),
      text('host', NULLABLE),
      integer('port', NULLABLE),
      text('database'),
      text('username', NULLABLE),
      text('encrypted_password', NULLABLE),
      text('created_at'),
    ],
  },
  {
    name: 'sql_datasets',
    columns: [
      text('id', KEY),
      text('name'),
      text('connection_id'),
      text('query'),
      text('file_path'),
      bigint('file_bytes'),
      integer('row_count'),
      integer('column_count'),
      text('created_at'),
    ],
  },
];

const tables = [...jobs, ...records, ...executions, ...sources];

export class FirstTables1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.createTable(new Table(table));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...tables].reverse()) await runner.dropTable(table.name);
  }
}
