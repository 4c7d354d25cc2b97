import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TableColumn } from 'typeorm';
import { NULLABLE, text } from './columns';

const COLUMNS = [text('root_job_id', NULLABLE), text('forked_from', NULLABLE), text('inherited_at', NULLABLE)];

/** Jobs that begin with what another job has finished. */
export class Forks1764028800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns(
      'jobs',
      COLUMNS.map((column) => new TableColumn(column)),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns(
      'jobs',
      COLUMNS.map(({ name }) => name),
    );
  }
}
