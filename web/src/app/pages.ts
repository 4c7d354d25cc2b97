import { lazy } from 'react';

/** Pages that are not the first one seen come with their own chunk. */
export const NewJobPage = lazy(() =>
  import('../features/new-job/components/NewJobPage').then((module) => ({ default: module.NewJobPage })),
);
export const DataPage = lazy(() =>
  import('../features/data/components/DataPage').then((module) => ({ default: module.DataPage })),
);
export const SystemPage = lazy(() =>
  import('../features/system/components/SystemPage').then((module) => ({ default: module.SystemPage })),
);
