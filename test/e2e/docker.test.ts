import Docker from 'dockerode';
import { existsSync } from 'node:fs';
import { describePipeline } from './pipeline';

// Jest decides what runs before anything asynchronous may happen: the socket is what can be looked at by then.
const answers = existsSync(process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock');

if (answers || process.env['REQUIRE_DOCKER']) {
  describePipeline('docker');

  test('no container is left', async () => {
    const left = await new Docker().listContainers({ all: true, filters: { label: ['automl.job'] } });
    expect(left.map((container) => container.Names)).toEqual([]);
  });
} else {
  test.skip('no Docker engine answers on this machine', () => undefined);
}
