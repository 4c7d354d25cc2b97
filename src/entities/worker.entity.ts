import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Check } from '../contracts/system';
import { INTEGER, JSON_TEXT, TEXT, TEXT_OR_NULL } from './columns';

/** A worker process, as it last said it was: the API learns from here what it may not look at itself. */
@Entity('workers')
export class WorkerRow {
  /** New with each process. */
  @PrimaryColumn(TEXT) id!: string;
  @Column(TEXT) host!: string;
  @Column(INTEGER) pid!: number;
  @Column(TEXT) version!: string;
  @Column(TEXT) engine!: string;
  @Column(INTEGER) slots!: number;
  @Column(TEXT) started_at!: string;
  @Column(TEXT) seen_at!: string;
  @Column(JSON_TEXT) checks!: Check[];
  /** Null until it has looked for the first time. */
  @Column(TEXT_OR_NULL) checked_at!: string | null;
}
