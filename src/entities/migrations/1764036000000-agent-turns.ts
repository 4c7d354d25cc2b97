import { type MigrationInterface, type QueryRunner, Table, TableColumn } from 'typeorm';
import { KEY, NULLABLE, integer, ofJob, real, text } from './columns';

const turns = {
  name: 'agent_turns',
  columns: [
    text('job_id', KEY),
    text('phase', KEY),
    integer('attempt', KEY),
    text('agent_name', KEY),
    integer('turn', KEY),
    integer('run_no'),
    text('endpoint'),
    text('model'),
    text('prompt'),
    integer('seen_message_id'),
    integer('calls'),
    integer('reserved_tokens'),
    text('answer', NULLABLE),
    text('finish', NULLABLE),
    text('mode', NULLABLE),
    integer('input_tokens', NULLABLE),
    integer('output_tokens', NULLABLE),
    real('cost_usd', NULLABLE),
    real('seconds'),
    text('failure', NULLABLE),
    real('outage_seconds'),
    text('created_at'),
    text('answered_at', NULLABLE),
  ],
  foreignKeys: [ofJob('agent_turns')],
};

/** What models were asked and what they answered, turn by turn; and what that cost, in the agents' statistics. */
export class AgentTurns1764036000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(new Table(turns));
    await runner.addColumn('agent_calls', new TableColumn(real('cost_usd', NULLABLE)));
    await runner.addColumn('agent_statistics', new TableColumn(real('cost_usd', NULLABLE)));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('agent_statistics', 'cost_usd');
    await runner.dropColumn('agent_calls', 'cost_usd');
    await runner.dropTable(turns.name);
  }
}
