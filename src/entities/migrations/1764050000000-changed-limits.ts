import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { integer } from './columns';

const CHANGES = integer('limits_changes', { default: 0 });

/** How often a user has changed what bounds a training, and how much of that an attempt's plan knew of. */
export class ChangedLimits1764050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['jobs', 'phase_attempts']) await runner.addColumn(table, new TableColumn(CHANGES));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['phase_attempts', 'jobs']) await runner.dropColumn(table, CHANGES.name);
  }
}
