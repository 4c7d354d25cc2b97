import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfig } from '../config';
import { choosePorts, isOurs, type HeldPorts } from './ports';

const servers: Server[] = [];
const held: HeldPorts[] = [];
afterEach(async () => {
  held.splice(0).forEach((ports) => ports.release());
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function serve(body: string): Promise<number> {
  const server = createServer((_request, response) => response.end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const configFor = (port: number) =>
  loadConfig({ PORT: String(port), TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }, '/nowhere');

async function choose(port: number, policy: 'refuse' | 'take_another') {
  const chosen = await choosePorts(configFor(port), policy);
  held.push(chosen);
  return chosen.ports;
}

test('port 0 means three free ports, each another', async () => {
  const ports = Object.values(await choose(0, 'refuse'));
  expect(new Set(ports).size).toBe(3);
  expect(ports).not.toContain(0);
});

test("a stranger's port is named with the variable to set", async () => {
  const busy = await serve('hello');
  await expect(choose(busy, 'refuse')).rejects.toMatchObject({
    failure: {
      code: 'port_in_use',
      message: expect.stringContaining(String(busy)),
      hint: expect.stringContaining('PORT'),
    },
  });
});

test('a stack for one command steps aside', async () => {
  const busy = await serve('hello');
  const ports = await choose(busy, 'take_another');
  expect(ports.api).not.toBe(busy);
});

test('a port that was chosen is taken before anybody listens there, and free again once it is released', async () => {
  const { api: port } = await choose(0, 'refuse');
  await expect(choose(port, 'refuse')).rejects.toMatchObject({ failure: { code: 'port_in_use' } });
  const other = await choose(port, 'take_another');
  expect(other.api).not.toBe(port);

  held.splice(0).forEach((ports) => ports.release());
  expect((await choose(port, 'refuse')).api).toBe(port);
});

test('a refusal lets go of the ports that were chosen before it', async () => {
  const [port, busy] = [(await choose(0, 'refuse')).api, await serve('hello')];
  held.splice(0).forEach((ports) => ports.release());
  const config = loadConfig({ PORT: String(port), TEMPORAL_PORT: String(busy), TEMPORAL_UI_PORT: '0' }, '/nowhere');
  await expect(choosePorts(config, 'refuse')).rejects.toMatchObject({ failure: { code: 'port_in_use' } });
  expect((await choose(port, 'refuse')).api).toBe(port);
});

test('our own instance is told from another one, a stranger and nobody', async () => {
  const ours = await serve('{"status":"ok","instance":"abc"}');
  const stranger = await serve('<html>');
  const url = (port: number) => `http://127.0.0.1:${port}`;
  expect(await isOurs(url(ours), 'abc')).toBe(true);
  expect(await isOurs(url(ours), 'def')).toBe(false);
  expect(await isOurs(url(stranger), 'abc')).toBe(false);
  const [server] = servers.splice(0, 1) as [Server];
  await new Promise((resolve) => server.close(resolve));
  expect(await isOurs(url(ours), 'abc')).toBe(false);
});
