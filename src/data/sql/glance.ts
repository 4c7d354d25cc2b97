import type { RowSink } from './source';

/** Thrown at the driver once there is enough, so that it stops reading. */
export class Enough extends Error {}

/** Takes the first rows of a query into memory. */
export class Glance implements RowSink {
  names: string[] = [];
  readonly cells: (string | null)[][] = [];

  constructor(private readonly limit: number) {}

  columns(names: string[]): void {
    if (this.names.length === 0) this.names = names;
  }

  rows(batch: (string | null)[][]): Promise<void> {
    this.cells.push(...batch.slice(0, this.limit - this.cells.length));
    return this.cells.length >= this.limit ? Promise.reject(new Enough('Enough rows.')) : Promise.resolve();
  }
}
