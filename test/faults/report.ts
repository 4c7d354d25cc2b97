import { writeFileSync } from 'node:fs';

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

/** What the session measured, for people as a table and, where FAULTS_REPORT names a file, as JSON. */
export class Report {
  private readonly rows: Measured[] = [];

  /** Told at once as well: the whole matrix takes a while. */
  add(row: Measured): void {
    this.rows.push(row);
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
    if (file) writeFileSync(file, `${JSON.stringify({ faults: this.rows }, null, 2)}\n`);
  }
}
