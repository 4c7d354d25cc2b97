import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LogFile, tellsOfError } from './log-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'automl-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('lines come whole, once each, without control sequences', () => {
  const lines: string[] = [];
  const file = path.join(folder, 'child.log');
  appendFileSync(file, 'from an earlier run\n');
  const log = new LogFile(file, (line) => lines.push(line));
  appendFileSync(file, 'one\ntw');
  appendFileSync(file, `o \u001b[31mred\u001b[0m\n${'x'.repeat(2000)}\n`);
  log.close();
  expect(lines.slice(0, 2)).toEqual(['one', 'two red']);
  expect(lines[2]).toHaveLength(501);
  expect(lines).toHaveLength(3);
});

test('a log that grows too large begins anew and leaves one predecessor', () => {
  const file = path.join(folder, 'child.log');
  const log = new LogFile(file, () => undefined);
  appendFileSync(file, 'y'.repeat(6 * 1024 * 1024));
  log.close();
  expect(statSync(file).size).toBe(0);
  expect(statSync(`${file}.1`).size).toBe(6 * 1024 * 1024);
});

test.each([
  ['2026-11-23T10:00:00.000Z ERROR [worker] The worker stopped', true],
  ['[Nest] 123  - 11/23/2026, 10:00:00 AM   ERROR [ExceptionsHandler] boom', true],
  ['2026-11-23T10:00:00.000Z INFO [worker] no ERRORS here', false],
  ['2026-11-23T10:00:00.000Z WARNING [worker] error rate is 0', false],
])('%s', (line, expected) => {
  expect(tellsOfError(line)).toBe(expected);
});
