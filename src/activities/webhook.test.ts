import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendWebhook } from './webhook';

let server: Server;
let received: { body: string; method?: string }[];
let answer: { status: number; headers?: Record<string, string> };

beforeAll(
  () =>
    new Promise<void>((resolve) => {
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => (body += chunk));
        request.on('end', () => {
          received.push({ body, method: request.method });
          response.writeHead(answer.status, answer.headers).end();
        });
      }).listen(0, '127.0.0.1', resolve);
    }),
);
afterAll(() => server.close());
beforeEach(() => (received = []));

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;

test('posts the event as JSON', async () => {
  answer = { status: 204 };
  await sendWebhook(url(), { event: 'job.final' });
  expect(received).toEqual([{ method: 'POST', body: '{"event":"job.final"}' }]);
});

test.each([
  [500, true],
  [429, true],
  [404, false],
])('an answer of %d is worth trying again: %s', async (status, retryable) => {
  answer = { status };
  await expect(sendWebhook(url(), {})).rejects.toMatchObject({ retryable, failure: { code: 'webhook_failed' } });
});

test('a redirect is not followed', async () => {
  answer = { status: 302, headers: { location: 'http://127.0.0.1:1/' } };
  await expect(sendWebhook(url(), {})).rejects.toMatchObject({ failure: { code: 'webhook_failed' } });
  expect(received).toHaveLength(1);
});

test.each(['http://169.254.169.254/latest/meta-data', 'http://[fe80::1]/', 'file:///etc/passwd', 'http://0.0.0.0/'])(
  '%s is refused and not asked',
  async (refused) => {
    await expect(sendWebhook(refused, {})).rejects.toMatchObject({ retryable: false });
  },
);
