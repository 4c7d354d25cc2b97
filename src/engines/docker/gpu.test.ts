import { loadConfig } from '../../config';
import type { ExecutionSpec } from '../engine';
import { containerOptions } from './container';
import { gpuRequest } from './gpu';

test.each([
  ['nothing said', {}],
  ['other runtimes', { Runtimes: { runc: {}, 'io.containerd.runc.v2': {} } }],
  ['other devices', { DiscoveredDevices: [{ ID: 'vendor.com/nic=eth1' }, {}] }],
])('no GPU is asked for: %s', (_what, info) => expect(gpuRequest(info)).toBeUndefined());

test('by the runtime, or by the device interface', () => {
  const byRuntime = gpuRequest({ Runtimes: { runc: {}, nvidia: { path: 'nvidia-container-runtime' } } });
  expect(byRuntime).toEqual({ Driver: 'nvidia', Count: -1, Capabilities: [['gpu', 'compute', 'utility']] });
  const byInterface = gpuRequest({ DiscoveredDevices: [{ ID: 'nvidia.com/gpu=0' }] });
  expect(byInterface).toEqual({ Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=all'] });
});

test('a container has the GPU where it gets one, and says so', () => {
  const config = loadConfig({});
  const spec: ExecutionSpec = {
    ...{ job_id: 'one', phase: 'training', attempt: 1, incarnation: 1, workspace: '/data/one', folder: 'attempts/one' },
    ...{ script: 'script.py', output: 'attempts/one/out', inputs: [] },
    limits: { memory_mb: 1024, cpus: 1, timeout_seconds: 60, output_quota_mb: 10 },
  };
  const plan = { name: 'one', installation: 'here', user: '1:1', hostCpus: 2 };
  const gpu = gpuRequest({ Runtimes: { nvidia: {} } });
  const [without, having] = [containerOptions(spec, config, plan), containerOptions(spec, config, { ...plan, gpu })];
  expect(without.HostConfig).not.toHaveProperty('DeviceRequests');
  expect(having.HostConfig?.DeviceRequests).toEqual([gpu]);
  expect([without, having].map(({ Env }) => Env?.includes('AUTOML_GPU=1'))).toEqual([false, true]);
  // A device changes nothing of what locks the container down.
  const { DeviceRequests, ...others } = having.HostConfig!;
  expect(DeviceRequests).toHaveLength(1);
  expect(others).toEqual(without.HostConfig);
});
