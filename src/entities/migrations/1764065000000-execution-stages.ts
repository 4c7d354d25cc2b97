import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const NAME = 'executions_once';
const KEY = ['job_id', 'phase', 'attempt', 'stage', 'incarnation'];

/** A training is three runs: which one is part of an execution's key. */
export class ExecutionStages1764065000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // In plain SQL: TypeORM would copy the whole table on SQLite.
    await runner.query("ALTER TABLE executions ADD COLUMN stage text NOT NULL DEFAULT ''");
    await this.identify(runner, KEY);
  }

  async down(runner: QueryRunner): Promise<void> {
    // What the narrower key has no room for.
    await runner.query("DELETE FROM executions WHERE stage IN ('seal', 'evaluate')");
    await this.identify(
      runner,
      KEY.filter((column) => column !== 'stage'),
    );
    await runner.query('ALTER TABLE executions DROP COLUMN stage');
  }

  private async identify(runner: QueryRunner, columnNames: string[]): Promise<void> {
    await runner.dropIndex('executions', NAME);
    await runner.createIndex('executions', new TableIndex({ name: NAME, columnNames, isUnique: true }));
  }
}
