import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { AutomlError } from '../contracts/failure';
import { IdempotencyKeyRow } from './job.entity';
import { now } from './store-base';

/** A creating call as its repetition is recognised: the caller's key, in the scope of one route. */
export interface IdempotentCall {
  scope: 'jobs' | 'forks' | 'connections' | 'datasets' | 'datasets/sql';
  key: string;
  body: unknown;
}

/**
 * Takes the key for `resourceId`; of calls that arrive at once, one gets it and the others wait for its transaction.
 * @returns the id that holds the key: `resourceId`, or what an earlier call made.
 * @throws {AutomlError} `idempotency_key_reused` where the key came with another body.
 */
export async function takeKey(manager: EntityManager, call: IdempotentCall, resourceId: string): Promise<string> {
  const { scope, key, body } = call;
  const row = { scope, key, body_hash: hashOf(body), resource_id: resourceId, created_at: now() };
  await manager
    .createQueryBuilder()
    .insert()
    .into(IdempotencyKeyRow)
    .values(row)
    .orIgnore()
    .updateEntity(false)
    .execute();
  const holder = await manager.findOneByOrFail(IdempotencyKeyRow, { scope, key });
  refuseOtherBody(holder.body_hash, row.body_hash);
  return holder.resource_id;
}

/** What an earlier call with this key made; undefined where there was none. @throws like `takeKey`. */
export async function findKey(manager: EntityManager, call: IdempotentCall): Promise<string | undefined> {
  const holder = await manager.findOneBy(IdempotencyKeyRow, { scope: call.scope, key: call.key });
  if (holder) refuseOtherBody(holder.body_hash, hashOf(call.body));
  return holder?.resource_id;
}

/** Frees the keys of something that is gone. */
export async function freeKeys(manager: EntityManager, scope: IdempotentCall['scope'], resourceId: string) {
  await manager.delete(IdempotencyKeyRow, { scope, resource_id: resourceId });
}

/** @throws {AutomlError} `idempotency_key_reused` where the body, or its hash, is not what the key came with before. */
export function refuseOtherBody(known: string, given: string): void {
  if (known === given) return;
  throw new AutomlError({
    category: 'data',
    code: 'idempotency_key_reused',
    message: 'This Idempotency-Key came with a different body before.',
    hint: 'Use a new key for a new request; repeat a key only with exactly the same body.',
  });
}

function hashOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(body)))
    .digest('hex');
}

/** The same value whatever the order in which its fields were written. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
