/** The largest answer that is read, bytes: far above any plan, far below what hurts. */
export const MAX_ANSWER_BYTES = 1024 * 1024;

export class AnswerTooLarge extends Error {
  constructor() {
    super(`The answer is larger than ${MAX_ANSWER_BYTES} bytes.`);
  }
}

/** A stream tells each few letters in a line of its own, twenty times their size and more. */
const MAX_STREAM_BYTES = 24 * MAX_ANSWER_BYTES;

type Url = string | URL | Request;

/**
 * `fetch` that is over only when the whole body is here, so that the caller's time-out covers an endpoint that drips,
 * and that stops reading at the cap. @throws {AnswerTooLarge}
 */
export async function limitedFetch(url: Url, init?: RequestInit): Promise<Response> {
  return await readWhole(await fetch(url, init));
}

/**
 * `fetch` for a stream of events: it ends where nothing has come for so many seconds, and at the cap. An endpoint that
 * answers whole all the same has its answer taken as the one event of a stream.
 */
export function streamingFetch(idleSeconds: number) {
  return async (url: Url, init?: RequestInit): Promise<Response> => {
    const response = await fetch(url, init);
    const { status, headers, body } = response;
    const isStream = headers.get('content-type')?.includes('text/event-stream') ?? false;
    if (isStream && response.ok && body) {
      return new Response(ReadableStream.from(guarded(body, idleSeconds)), { status, headers: decoded(headers) });
    }
    const whole = await readWhole(response);
    if (!response.ok) return whole;
    const event = JSON.stringify(JSON.parse(await whole.text()));
    return new Response(`data: ${event}\n\n`, { status, headers: { 'content-type': 'text/event-stream' } });
  };
}

async function readWhole(response: Response): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream, and with it the connection.
    if (size > MAX_ANSWER_BYTES) throw new AnswerTooLarge();
    chunks.push(chunk);
  }
  const hasNoBody = response.status === 204 || response.status === 304;
  const { status, headers } = response;
  return new Response(hasNoBody ? null : Buffer.concat(chunks), { status, headers: decoded(headers) });
}

async function* guarded(body: ReadableStream<Uint8Array>, idleSeconds: number): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await within(idleSeconds, reader.read());
      if (done) return;
      size += value.byteLength;
      if (size > MAX_STREAM_BYTES) throw new AnswerTooLarge();
      yield value;
      // A line of its own, so no part of an answer; some servers leave the connection open after it.
      if (Buffer.from(value).includes('\ndata: [DONE]')) return;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function within<Value>(seconds: number, step: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    const error = () => reject(new DOMException(`The stream was silent for ${seconds} s.`, 'TimeoutError'));
    timer = setTimeout(error, seconds * 1000);
  });
  try {
    return await Promise.race([step, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** The body is decoded by now. */
function decoded(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name);
  return kept;
}
