import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Dataset } from '../contracts/dataset';
import type { DATASET_KINDS, SqlLimits, VersionChanges, VersionOrigin, VersionStatus } from '../contracts/datasets';
import type { Failure } from '../contracts/failure';
import { BIGINT_OR_NULL, INTEGER, INTEGER_OR_NULL, JSON_TEXT, JSON_TEXT_OR_NULL, TEXT, TEXT_OR_NULL } from './columns';

/** A table that is uploaded or pulled once and used by any number of jobs. */
@Entity('datasets')
export class DatasetRow {
  @PrimaryColumn(TEXT) id!: string;
  @Column(TEXT) name!: string;
  @Column(TEXT) kind!: (typeof DATASET_KINDS)[number];
  /** The file's name as the user knows it. */
  @Column(TEXT) source_name!: string;
  /** `uploads/<id>/<file>`, see `uploadedFile`; null for what is pulled anew for each version. */
  @Column(TEXT_OR_NULL) source_path!: string | null;
  @Column(TEXT_OR_NULL) connection_id!: string | null;
  @Column(TEXT_OR_NULL) query!: string | null;
  @Column(JSON_TEXT_OR_NULL) limits!: SqlLimits | null;
  /** The last number that was handed out. */
  @Column(INTEGER) latest_version!: number;
  @Column(TEXT) created_at!: string;
  @Column(TEXT) updated_at!: string;
  /** Set while the data set waits for its purge: it is hidden from every reader at once. */
  @Column(TEXT_OR_NULL) deleted_at!: string | null;
}

/** One immutable state of a data set: once it is ready nothing of it changes. */
@Entity('dataset_versions')
export class DatasetVersionRow {
  @PrimaryColumn(TEXT) dataset_id!: string;
  @PrimaryColumn(INTEGER) version!: number;
  @Column(TEXT) status!: VersionStatus;
  /** 0-100 */
  @Column({ ...INTEGER, default: 0 }) progress!: number;
  @Column(INTEGER_OR_NULL) parent_version!: number | null;
  @Column(JSON_TEXT) origin!: VersionOrigin;
  @Column(TEXT_OR_NULL) file_path!: string | null;
  @Column(TEXT_OR_NULL) sha256!: string | null;
  @Column(BIGINT_OR_NULL) bytes!: number | null;
  @Column(INTEGER_OR_NULL) row_count!: number | null;
  @Column(INTEGER_OR_NULL) column_count!: number | null;
  /** Read only where it is asked for: a wide table's takes megabytes. */
  @Column({ ...JSON_TEXT_OR_NULL, select: false }) profile!: Dataset | null;
  @Column(JSON_TEXT_OR_NULL) changes!: VersionChanges | null;
  @Column(JSON_TEXT_OR_NULL) error!: Failure | null;
  @Column(TEXT_OR_NULL) cancel_requested_at!: string | null;
  @Column(TEXT) created_at!: string;
  @Column(TEXT_OR_NULL) finished_at!: string | null;
}
