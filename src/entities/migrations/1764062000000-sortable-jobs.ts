import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const COLUMNS = ['skill', 'run_seconds', 'cost_usd'];
const SORTED = ['status', 'progress', 'score', 'skill', 'run_seconds', 'cost_usd', 'models_trained'];
const INDICES = [
  ...SORTED.map((column) => ({ name: `jobs_by_${column}`, columnNames: [column, 'created_at', 'id'] })),
  { name: 'jobs_by_target', columnNames: ['target_column'] },
];

const SECONDS = {
  sqlite: '(julianday(finished_at) - julianday(started_at)) * 86400',
  postgres: 'EXTRACT(EPOCH FROM (finished_at::timestamptz - started_at::timestamptz))',
};

/** What a list of jobs is sorted and bounded by: against naive, duration and cost are columns, and have indices. */
export class SortableJobs1764062000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // In plain SQL: TypeORM would copy the whole table on SQLite.
    for (const column of COLUMNS) await runner.query(`ALTER TABLE jobs ADD COLUMN ${column} double precision`);
    const kind = runner.connection.options.type === 'postgres' ? 'postgres' : 'sqlite';
    await runner.query(`UPDATE jobs SET
      skill = CASE WHEN metric IN ('auc', 'accuracy') THEN score - baseline_score
                   WHEN baseline_score > 0 THEN 1 - score / baseline_score END,
      run_seconds = ${SECONDS[kind]},
      cost_usd = (SELECT SUM(turn.cost_usd) FROM agent_turns turn WHERE turn.job_id = jobs.id)`);
    await runner.dropIndex('jobs', 'jobs_by_status');
    await runner.createIndices(
      'jobs',
      INDICES.map((index) => new TableIndex(index)),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of INDICES) await runner.dropIndex('jobs', name);
    await runner.createIndex('jobs', new TableIndex({ name: 'jobs_by_status', columnNames: ['status'] }));
    for (const column of COLUMNS) await runner.query(`ALTER TABLE jobs DROP COLUMN ${column}`);
  }
}
