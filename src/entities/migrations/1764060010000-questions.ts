import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { NULLABLE, text } from './columns';

const QUESTION = text('question', NULLABLE);

/** What a waiting job asks of its user, with its choices. */
export class Questions1764060010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('jobs', new TableColumn(QUESTION));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('jobs', QUESTION.name);
  }
}
