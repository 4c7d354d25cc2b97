'use strict';
// Exits 0 when Temporal has heard from this container's own worker lately: a long poll returns within a minute.
const os = require('node:os');
const { loadConfig } = require('../dist/config.js');
const { JobWorkflows } = require('../dist/temporal/client.js');

const HEARD_WITHIN_MS = 2 * 60_000;
const WORKFLOW_TASKS = 1;

async function main() {
  const config = loadConfig();
  const { client } = JobWorkflows.connect(config);
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: config.temporal.namespace,
    taskQueue: { name: config.temporal.taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  });
  const own = pollers.filter(({ identity }) => identity.endsWith(`@${os.hostname()}`));
  const heard = own.some(({ lastAccessTime }) => Date.now() - Number(lastAccessTime.seconds) * 1000 < HEARD_WITHIN_MS);
  if (!heard) throw new Error(`Temporal has not heard from this worker; it knows ${pollers.length} others.`);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
