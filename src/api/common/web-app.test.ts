import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import express from 'express';
import { webApp } from './web-app';

const SCRIPT = 'console.log("a script")';
let root: string;
let server: Server;

beforeAll(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'automl-web-'));
  const assets = path.join(root, 'dist', 'web', 'assets');
  mkdirSync(assets, { recursive: true });
  for (const name of ['packed-1.js', 'plain-1.js', 'style-1.css']) writeFileSync(path.join(assets, name), SCRIPT);
  for (const name of ['packed-1.js', 'style-1.css']) writeFileSync(path.join(assets, `${name}.gz`), gzipSync(SCRIPT));
  writeFileSync(path.join(root, 'dist', 'web', 'index.html'), '<title>AutoML</title>');
  server = express().use(webApp({ root })).listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});

/** As it came over the line: `fetch` would unpack it. */
async function get(route: string, encoding?: string) {
  const { port } = server.address() as AddressInfo;
  const headers = encoding === undefined ? {} : { 'Accept-Encoding': encoding };
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) =>
    http.get({ port, path: route, headers }, resolve).on('error', reject),
  );
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
}

test.each([
  ['packed, to a browser', '/assets/packed-1.js', 'gzip, deflate, br', 'gzip', 'text/javascript'],
  ['a style too', '/assets/style-1.css', 'gzip', 'gzip', 'text/css'],
  ['as it is, to who unpacks nothing', '/assets/packed-1.js', undefined, undefined, 'text/javascript'],
  ['or says so', '/assets/packed-1.js', 'gzip;q=0', undefined, 'text/javascript'],
  ['where there is no packed copy', '/assets/plain-1.js', 'gzip', undefined, 'text/javascript'],
])('a script is sent %s', async (_, route, accepted, encoding, type) => {
  const { status, headers, body } = await get(route, accepted);
  expect(status).toBe(200);
  expect(headers['content-encoding']).toBe(encoding);
  expect(headers['content-type']).toContain(type);
  expect(headers['cache-control']).toContain('immutable');
  expect((encoding ? gunzipSync(body) : body).toString()).toBe(SCRIPT);
});

test.each(['/assets/..%2f..%2f..%2fsecret.js', '/assets/%2e%2e/secret.js', '/assets/none.js'])(
  '%s is not found',
  async (route) => {
    expect((await get(route, 'gzip')).status).toBe(404);
  },
);
