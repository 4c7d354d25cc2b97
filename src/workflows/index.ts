export { automlJob } from './automl-job.workflow';
export { datasetVersion } from './dataset-version.workflow';
export { draftQuery } from './draft-query.workflow';
export { purgeJob } from './purge-job.workflow';
export { scoreRows } from './score-rows.workflow';
