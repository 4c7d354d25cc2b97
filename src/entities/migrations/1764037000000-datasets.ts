import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Table, TableColumn } from 'typeorm';
import { KEY, NULLABLE, bigint, integer, text } from './columns';

const DATASETS = new Table({
  name: 'datasets',
  columns: [
    text('id', KEY),
    text('name'),
    text('kind'),
    text('source_name'),
    text('source_path', NULLABLE),
    text('connection_id', NULLABLE),
    text('query', NULLABLE),
    text('limits', NULLABLE),
    integer('latest_version'),
    text('created_at'),
    text('updated_at'),
    text('deleted_at', NULLABLE),
  ],
});

const VERSIONS = new Table({
  name: 'dataset_versions',
  columns: [
    text('dataset_id', KEY),
    integer('version', KEY),
    text('status'),
    integer('progress', { default: 0 }),
    integer('parent_version', NULLABLE),
    text('origin'),
    text('file_path', NULLABLE),
    text('sha256', NULLABLE),
    bigint('bytes', NULLABLE),
    integer('row_count', NULLABLE),
    integer('column_count', NULLABLE),
    text('profile', NULLABLE),
    text('changes', NULLABLE),
    text('error', NULLABLE),
    text('cancel_requested_at', NULLABLE),
    text('created_at'),
    text('finished_at', NULLABLE),
  ],
  foreignKeys: [
    {
      name: 'dataset_versions_of_dataset',
      columnNames: ['dataset_id'],
      referencedTableName: 'datasets',
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
});

const JOB_COLUMNS = [
  text('dataset_id', NULLABLE),
  integer('dataset_version', NULLABLE),
  text('dataset_overrides', NULLABLE),
];

/** Data sets with versions. What SQL queries stored before becomes version 1, which the worker profiles by itself. */
export class Datasets1764037000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(DATASETS);
    await runner.createTable(VERSIONS);
    await runner.addColumns(
      'jobs',
      JOB_COLUMNS.map((column) => new TableColumn(column)),
    );
    await runner.query(
      `INSERT INTO datasets (id, name, kind, source_name, source_path, connection_id, query, latest_version, created_at, updated_at)
       SELECT id, name, 'sql', 'query.csv', file_path, connection_id, query, 1, created_at, created_at FROM sql_datasets`,
    );
    await runner.query(
      `INSERT INTO dataset_versions (dataset_id, version, status, progress, origin, created_at)
       SELECT id, 1, 'preparing', 0, '{"kind":"upload"}', created_at FROM sql_datasets`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns(
      'jobs',
      JOB_COLUMNS.map(({ name }) => name),
    );
    await runner.dropTable(VERSIONS);
    await runner.dropTable(DATASETS);
  }
}
