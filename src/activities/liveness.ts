import { cancellationSignal, heartbeat } from '@temporalio/activity';

/** A step that works in silence says this often that it lives; heartbeat time-outs are 20 s. */
const HEARTBEAT_MS = 4000;

/** Runs a step with a heartbeat beside it, so that a dead worker is noticed and a cancellation arrives. */
export async function whileAlive<T>(step: (signal: AbortSignal) => Promise<T>): Promise<T> {
  heartbeat();
  const timer = setInterval(heartbeat, HEARTBEAT_MS);
  try {
    return await step(cancellationSignal());
  } finally {
    clearInterval(timer);
  }
}
