export { automlJob } from './automl-job.workflow';
export { purgeJob } from './purge-job.workflow';
