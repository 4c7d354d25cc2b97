import { z } from 'zod';

/** What a backup folder holds beside its manifest. */
export const PARTS = {
  database: 'automl.db',
  databaseDump: 'automl.pgdump',
  temporal: 'temporal.db',
  key: 'credential.key',
  uploads: 'uploads',
  coding: 'coding',
  models: 'models',
  results: 'results',
} as const;

export const MANIFEST_FILE = 'manifest.json';

/** What a backup is, and the hash of every file of it: written last, so that a folder without one is no backup. */
export const Manifest = z.object({
  format: z.literal(1),
  made_at: z.iso.datetime(),
  version: z.string(),
  database: z.enum(['sqlite', 'postgres']),
  /** Of the database's tables, oldest first. */
  migrations: z.array(z.string()),
  /** `external`: a Temporal server of the user's own, whose history is not ours to copy. */
  temporal: z.enum(['embedded', 'external']),
  with_key: z.boolean(),
  jobs: z.int(),
  jobs_in_flight: z.int(),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
});
export type Manifest = z.infer<typeof Manifest>;
