import Docker from 'dockerode';
import { existsSync } from 'node:fs';
import { describePipeline } from './pipeline';

// Jest decides what runs before anything asynchronous may happen: the socket is what can be looked at by then.
const answers = existsSync(process.env['DOCKER_HOST']?.replace('unix://', '') ?? '/var/run/docker.sock');

if (answers || process.env['REQUIRE_DOCKER']) {
  // Other installations on this machine may have containers of their own.
  let before: string[];
  beforeAll(async () => void (before = await containers()));

  describePipeline('docker');

  test('no container is left', async () => {
    expect((await containers()).filter((name) => !before.includes(name))).toEqual([]);
  });
} else {
  test.skip('no Docker engine answers on this machine', () => undefined);
}

async function containers(): Promise<string[]> {
  const all = await new Docker().listContainers({ all: true, filters: { label: ['automl.job'] } });
  return all.flatMap((container) => container.Names);
}
