/** How often the row is written at most. */
const PAUSE_MS = 1000;
/** The rest comes with the end. */
const MOST = 99;

/** Puts progress on a version's row: not at every call, never back, and one write at a time. */
export class VersionProgress {
  private from = 0;
  private shown = 0;
  private next = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly write: (percent: number) => Promise<void>) {}

  /** What is reported from here on counts from so many percent. */
  begin(percent: number): void {
    this.from = percent;
    this.show(percent);
  }

  /** @param share 0-1 of what is left to do */
  report(share: number): void {
    if (Date.now() < this.next) return;
    this.show(Math.min(MOST, Math.floor(this.from + (100 - this.from) * share)));
  }

  async settled(): Promise<void> {
    await this.writing;
  }

  private show(percent: number): void {
    if (percent <= this.shown) return;
    this.shown = percent;
    this.next = Date.now() + PAUSE_MS;
    // A progress that is not written is no reason to fail: the next one is.
    this.writing = this.writing.then(() => this.write(percent)).catch(() => undefined);
  }
}
