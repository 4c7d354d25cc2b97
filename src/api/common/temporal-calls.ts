import { Injectable } from '@nestjs/common';
import { JobWorkflows } from '../../temporal/client';
import { RequestError } from './problem';

/** How long a caller waits for Temporal; what was not done by then, the worker's reconciler does later. */
const PATIENCE_MS = 3000;

/** Calls to Temporal that may fail: the rows say what is wanted, so nobody has to be told. */
@Injectable()
export class TemporalCalls {
  private readonly pending = new Set<Promise<boolean>>();

  constructor(private readonly workflows: JobWorkflows) {}

  /** @returns whether it was done; false, without an error, where Temporal is away. */
  async done(call: (workflows: JobWorkflows) => Promise<unknown>): Promise<boolean> {
    const { workflows } = this;
    const work = workflows.client
      .withDeadline(Date.now() + PATIENCE_MS, () => call(workflows))
      .then(
        () => true,
        () => false,
      );
    this.pending.add(work);
    let timer: NodeJS.Timeout | undefined;
    // The deadline ends single calls; one that waits for a connection first may take longer.
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE_MS);
    });
    void work.finally(() => this.pending.delete(work));
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for what is still under way, so that the connection can be closed. */
  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }
}

/** @param what was not done, as the beginning of a sentence */
export function temporalAway(what: string): RequestError {
  const hint = 'Try again in a while, or look at /health/ready for what is missing.';
  return new RequestError(503, 'temporal_unreachable', `${what}: Temporal does not answer.`, hint);
}
