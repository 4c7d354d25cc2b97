import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { loadConfig } from '../../src/config';
import { findTemporal } from '../../src/launcher/temporal-server';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/client';

/** A real Temporal server of the test's own, in memory, on a free port. */
export async function startTemporal(): Promise<TestWorkflowEnvironment> {
  const program = findTemporal(loadConfig(), process.env);
  return await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: program },
      searchAttributes: [],
      extraArgs: SEARCH_ATTRIBUTES.flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    },
  });
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The workflows' bundle, made once a test process. */
export async function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({ workflowsPath: require.resolve('../../src/workflows') });
  return await bundle;
}
