import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CONNECTION_TYPES } from '../contracts/connections';
import { BIGINT, INTEGER, INTEGER_OR_NULL, TEXT, TEXT_OR_NULL } from './columns';

/** A database to read from. The password is stored encrypted only, and never leaves through the API. */
@Entity('database_connections')
export class ConnectionRow {
  @PrimaryColumn(TEXT) id!: string;
  @Column(TEXT) name!: string;
  @Column(TEXT) type!: (typeof CONNECTION_TYPES)[number];
  @Column(TEXT_OR_NULL) host!: string | null;
  @Column(INTEGER_OR_NULL) port!: number | null;
  @Column(TEXT) database!: string;
  @Column(TEXT_OR_NULL) username!: string | null;
  @Column(TEXT_OR_NULL) encrypted_password!: string | null;
  @Column(TEXT) created_at!: string;
}

/** The stored result of one query; it stays usable when its connection is removed. */
@Entity('sql_datasets')
export class SqlDatasetRow {
  @PrimaryColumn(TEXT) id!: string;
  @Column(TEXT) name!: string;
  @Column(TEXT) connection_id!: string;
  @Column(TEXT) query!: string;
  /** `uploads/<dataset id>/<file>`, see `uploadedFile`. */
  @Column(TEXT) file_path!: string;
  @Column(BIGINT) file_bytes!: number;
  @Column(INTEGER) row_count!: number;
  @Column(INTEGER) column_count!: number;
  @Column(TEXT) created_at!: string;
}
