import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import type { JobView } from '../../src/contracts/jobs';

export interface Measured {
  fault: string;
  engine: string;
  /** From the harm until API and Temporal answered and the job went on; of a cancelled or deleted job, until its end. */
  recovered_seconds: number;
  /** What is allowed. */
  within_seconds: number;
  /** The whole job, its recovery included; null where it was not to be completed. */
  job_seconds: number | null;
  undisturbed_seconds: number;
}

/** What is written: a machine that is busy with other things recovers later. */
interface Recorded extends Measured {
  cores: number;
  /** Of the last minute: processes that ran or wanted to. */
  load_average: number;
}

/** What the session measured, for people as a table and, where FAULTS_REPORT names a file, as JSON: its newest row of each fault. */
export class Report {
  private readonly rows: Recorded[] = [];

  /** Told at once as well: the whole matrix takes a while. */
  add(row: Measured): void {
    const [load = 0] = os.loadavg();
    this.rows.push({ ...row, cores: os.availableParallelism(), load_average: Number(load.toFixed(1)) });
    process.stderr.write(`${row.engine}: ${row.fault}: recovered in ${row.recovered_seconds.toFixed(1)} s\n`);
  }

  publish(): void {
    if (this.rows.length === 0) return;
    const lines = this.rows.map((row) =>
      [
        row.engine.padEnd(7),
        `${row.recovered_seconds.toFixed(1)} s`.padStart(8),
        `${row.job_seconds?.toFixed(0) ?? '-'} s of ${row.undisturbed_seconds.toFixed(0)} s`.padStart(15),
        ` ${row.fault}`,
      ].join(' '),
    );
    process.stderr.write(`\nengine  recovered  job of undisturbed  fault\n${lines.join('\n')}\n`);
    const file = process.env['FAULTS_REPORT'];
    if (!file) return;
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { faults: Recorded[] }).faults : [];
    const faults = [...before.filter((old) => !this.rows.some((row) => isSame(row, old))), ...this.rows];
    writeFileSync(file, `${JSON.stringify({ faults }, null, 2)}\n`);
  }
}

function isSame(one: Measured, other: Measured): boolean {
  return one.engine === other.engine && one.fault === other.fault;
}

export function secondsOf(job: JobView): number {
  return (Date.parse(job.finished_at ?? '') - Date.parse(job.created_at)) / 1000;
}
