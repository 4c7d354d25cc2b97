/** The largest answer that is read, bytes: far above any plan, far below what hurts. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

export class AnswerTooLarge extends Error {
  constructor() {
    super(`The answer is larger than ${MAX_ANSWER_BYTES} bytes.`);
  }
}

/**
 * `fetch` that is over only when the whole body is here, so that the caller's time-out covers an endpoint that drips,
 * and that stops reading at the cap. @throws {AnswerTooLarge}
 */
export async function limitedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, and with it the connection.
    if (size > MAX_ANSWER_BYTES) throw new AnswerTooLarge();
    chunks.push(chunk);
  }
  const headers = new Headers(response.headers);
  // The body is decoded and whole by now.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
  const hasNoBody = response.status === 204 || response.status === 304;
  return new Response(hasNoBody ? null : Buffer.concat(chunks), { status: response.status, headers });
}
