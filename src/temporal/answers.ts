import {
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
  WorkflowFailedError,
  type Client,
} from '@temporalio/client';
import { AutomlError, Failure } from '../contracts/failure';

/** How long after the workflow's own end its result may still be on its way. */
const GRACE_SECONDS = 10;

/** What a workflow that somebody waits for is, and what is said where it gives no answer. */
export interface Awaited {
  workflowId: string;
  /** Its own time-out. */
  seconds: number;
  notInTime: Failure;
  cancelled: Failure;
  /** Said where nothing better is known. */
  lost: Failure;
}

/**
 * The result of a workflow that answers one call.
 * @param gone ends the workflow
 * @throws {AutomlError} why there is none
 */
export async function answerOf<Answer>(client: Client, awaited: Awaited, gone: AbortSignal): Promise<Answer> {
  const handle = client.workflow.getHandle(awaited.workflowId);
  // Where that fails, the workflow ends within its time.
  const cancel = () => void handle.cancel().catch(() => undefined);
  if (gone.aborted) cancel();
  gone.addEventListener('abort', cancel, { once: true });
  const deadline = Date.now() + (awaited.seconds + GRACE_SECONDS) * 1000;
  try {
    return await client.withDeadline(deadline, async () => (await handle.result()) as Answer);
  } catch (error) {
    throw new AutomlError(failureOf(error, awaited), { cause: error });
  } finally {
    gone.removeEventListener('abort', cancel);
  }
}

function failureOf(error: unknown, { notInTime, cancelled, lost }: Awaited): Failure {
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (cause instanceof TimeoutFailure) return notInTime;
  if (cause instanceof CancelledFailure) return cancelled;
  const typed = Failure.safeParse(cause instanceof ApplicationFailure ? cause.details?.[0] : undefined);
  return typed.success ? typed.data : lost;
}
