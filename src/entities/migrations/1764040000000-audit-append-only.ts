import type { MigrationInterface, QueryRunner } from 'typeorm';

const POSTGRES = [
  `CREATE FUNCTION audit_log_is_append_only() RETURNS trigger AS $$
   BEGIN RAISE EXCEPTION 'audit_log is append-only'; END $$ LANGUAGE plpgsql`,
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
   FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()`,
];
const SQLITE = ['UPDATE', 'DELETE'].map(
  (change) =>
    `CREATE TRIGGER audit_log_no_${change.toLowerCase()} BEFORE ${change} ON audit_log
     BEGIN SELECT RAISE(ABORT, 'audit_log is append-only'); END`,
);

/** The database itself refuses to change or remove what was noted. */
export class AuditAppendOnly1764040000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const isPostgres = runner.connection.options.type === 'postgres';
    for (const statement of isPostgres ? POSTGRES : SQLITE) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    if (runner.connection.options.type === 'postgres') {
      await runner.query('DROP TRIGGER audit_log_append_only ON audit_log');
      await runner.query('DROP FUNCTION audit_log_is_append_only()');
      return;
    }
    for (const change of ['update', 'delete']) await runner.query(`DROP TRIGGER audit_log_no_${change}`);
  }
}
