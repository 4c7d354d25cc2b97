/** What the command line tells its caller. */
export const EXIT = {
  completed: 0,
  /** The job failed or is partial, or the command could not do its work. */
  failed: 1,
  /** The command, its options or the configuration can't be used. */
  usage: 2,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
