import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AutomlError } from '../contracts/failure';
import { isRefused } from '../data/sql/addresses';

const TIMEOUT_MS = 10_000;

/** Posts JSON once. @throws {AutomlError} retryable where trying again may help. */
export async function sendWebhook(url: string, body: Record<string, unknown>): Promise<void> {
  await refuseUnsafe(new URL(url));
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw undelivered('it does not answer', true, error);
  }
  await response.body?.cancel();
  if (!response.ok)
    throw undelivered(`it answered ${response.status}`, response.status >= 500 || response.status === 429);
}

async function refuseUnsafe(url: URL): Promise<void> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw undelivered('only http and https are allowed', false);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host)
    ? [{ address: host }]
    : await lookup(host, { all: true }).catch((error: unknown) => {
        throw undelivered(`its host ${host} is not known`, true, error);
      });
  const refused = addresses.some(({ address }) => isRefused(address));
  if (refused) throw undelivered(`its host ${host} is at an address that is not allowed`, false);
}

function undelivered(why: string, retryable: boolean, cause?: unknown): AutomlError {
  return new AutomlError(
    {
      category: 'system',
      code: 'webhook_failed',
      message: `The webhook could not be delivered: ${why}.`,
      hint: 'Check webhook_url; the job itself is not affected.',
    },
    { retryable, cause },
  );
}
