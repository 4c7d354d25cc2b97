import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { KEY, NULLABLE, integer, text } from './columns';

const workers = {
  name: 'workers',
  columns: [
    text('id', KEY),
    text('host'),
    integer('pid'),
    text('version'),
    text('engine'),
    integer('slots'),
    text('started_at'),
    text('seen_at'),
    text('checks'),
    text('checked_at', NULLABLE),
  ],
};

/** The workers' heartbeats, and what they found out about their machine. */
export class Workers1764070000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(new Table(workers));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(workers.name);
  }
}
