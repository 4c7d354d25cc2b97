/** How long a caller waits for Temporal; what it could not do by then, the worker's reconciler does later. */
const PATIENCE_MS = 3000;

/** Resolves to false where `work` fails or is not done in time; it goes on by itself then. */
export async function doneInTime(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
