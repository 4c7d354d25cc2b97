import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JobEvent } from '../contracts/events';
import { ApiClient } from './client';
import { jobEvents, parseBlock } from './events';

const message = (seq: number): JobEvent => ({
  seq,
  type: 'message',
  data: {
    id: seq,
    job_id: 'a',
    agent_name: 'Analyst',
    content: `message ${seq}`,
    message_type: 'agent',
    timestamp: '2026-11-23T10:00:00Z',
    source: 'template',
  },
});
const written = (event: JobEvent) => `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`;

test('an event is its id, its type and its data; comments and unknown types are nothing', () => {
  expect(parseBlock(written(message(7)).trim())).toEqual(message(7));
  expect(parseBlock(': still here')).toBeUndefined();
  expect(parseBlock('id: 1\nevent: from_the_future\ndata: {}')).toBeUndefined();
});

test('a stream that breaks is taken up after the last event, and nothing comes twice', async () => {
  const askedAfter: (string | undefined)[] = [];
  const connections = [
    // Cut in the middle of an event.
    (response: ServerResponse) => response.end(written(message(1)) + written(message(2)).slice(0, 20)),
    (response: ServerResponse) => response.socket?.destroy(),
    // A server that repeats itself.
    (response: ServerResponse) => response.write(written(message(1)) + written(message(2)) + written(message(3))),
  ];
  const server = createServer((request: IncomingMessage, response) => {
    askedAfter.push(request.headers['last-event-id'] as string | undefined);
    const answer = connections.shift();
    if (answer) answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const event of jobEvents(client, 'a', stop.signal)) {
    seen.push(event.seq);
    if (event.seq === 3) stop.abort();
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(seen).toEqual([1, 2, 3]);
  expect(askedAfter).toEqual([undefined, '1', '1']);
});
