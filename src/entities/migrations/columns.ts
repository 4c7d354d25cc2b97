import type { TableColumnOptions, TableForeignKeyOptions, TableIndexOptions } from 'typeorm';

/** Short spellings for the columns of a migration; types are those that SQLite and PostgreSQL both know. */
type More = Partial<TableColumnOptions>;

export const text = (name: string, more: More = {}): TableColumnOptions => ({ name, type: 'text', ...more });
export const integer = (name: string, more: More = {}): TableColumnOptions => ({ name, type: 'integer', ...more });
export const bigint = (name: string, more: More = {}): TableColumnOptions => ({ name, type: 'bigint', ...more });
export const real = (name: string, more: More = {}): TableColumnOptions => ({
  name,
  type: 'double precision',
  ...more,
});
export const flag = (name: string): TableColumnOptions => ({ name, type: 'boolean', default: 'false' });

export const KEY: More = { isPrimary: true };
export const NULLABLE: More = { isNullable: true };

export const serial = (name: string): TableColumnOptions =>
  integer(name, { isPrimary: true, isGenerated: true, generationStrategy: 'increment' });

export const unique = (name: string, columnNames: string[]): TableIndexOptions => ({
  name,
  columnNames,
  isUnique: true,
});

/** Rows of a job go with the job. */
export const ofJob = (table: string): TableForeignKeyOptions => ({
  name: `${table}_of_job`,
  columnNames: ['job_id'],
  referencedTableName: 'jobs',
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});
