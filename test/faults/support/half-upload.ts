import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { eventually } from './moments';
import { DATASET, type Scene } from './scene';

const BOUNDARY = 'half-an-upload';

/** An upload that has stopped half way. */
export interface HalfUpload {
  /** `broken`, or the answer's status and body. */
  end: Promise<string>;
  /** Sends the rest. @returns the end */
  finish(): Promise<string>;
}

/** Sends half of the file and waits until the server has begun to store it. */
export async function halfAnUpload(scene: Scene): Promise<HalfUpload> {
  const { client, config } = scene.installation;
  const file = readFileSync(DATASET);
  const middle = Math.floor(file.length / 2);
  const head = [
    `--${BOUNDARY}`,
    'Content-Disposition: form-data; name="file"; filename="bike_sharing_daily.csv"',
    'Content-Type: text/csv',
    '\r\n',
  ].join('\r\n');
  const tail = `\r\n--${BOUNDARY}--\r\n`;
  const upload = request(`${client.url}/jobs/${scene.jobId}/upload`, {
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': Buffer.byteLength(head) + file.length + tail.length,
    },
  });
  const end = new Promise<string>((resolve) => {
    upload.once('error', () => resolve('broken'));
    upload.once('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('close', () => resolve(`${answer.statusCode} ${Buffer.concat(parts).toString()}`));
    });
  });
  upload.write(head);
  upload.write(file.subarray(0, middle));
  const quarantine = path.join(config.uploadDir, '.quarantine');
  await eventually('half of the file is there', 30, async () => {
    const names = (await readdir(quarantine, { recursive: true })).map((name) => path.join(quarantine, name));
    const stats = await Promise.all(names.map((name) => stat(name)));
    return stats.some((entry) => entry.isFile() && entry.size > 0);
  });
  return {
    end,
    finish: async () => {
      upload.write(file.subarray(middle));
      upload.end(tail);
      return await end;
    },
  };
}
