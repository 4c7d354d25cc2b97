import { lazy } from 'react';

/** Pages that are not the first one seen come with their own chunk. */
export const NewJobPage = lazy(() =>
  import('../features/new-job/components/NewJobPage').then((module) => ({ default: module.NewJobPage })),
);
export const ComparePage = lazy(() =>
  import('../features/compare/components/ComparePage').then((module) => ({ default: module.ComparePage })),
);
export const ReportPage = lazy(() =>
  import('../features/report/components/ReportPage').then((module) => ({ default: module.ReportPage })),
);
export const DataPage = lazy(() =>
  import('../features/data/components/DataPage').then((module) => ({ default: module.DataPage })),
);
export const ConnectionPage = lazy(() =>
  import('../features/connection/components/ConnectionPage').then((module) => ({ default: module.ConnectionPage })),
);
export const DatasetPage = lazy(() =>
  import('../features/dataset/components/DatasetPage').then((module) => ({ default: module.DatasetPage })),
);
export const SystemPage = lazy(() =>
  import('../features/system/components/SystemPage').then((module) => ({ default: module.SystemPage })),
);
export const AnalyticsPage = lazy(() =>
  import('../features/analytics/components/AnalyticsPage').then((module) => ({ default: module.AnalyticsPage })),
);
