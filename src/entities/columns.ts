import type { ValueTransformer } from 'typeorm';

/** PostgreSQL refuses NUL in text, and no text of ours means anything by it. */
const withoutNul: ValueTransformer = {
  to: (value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '') : value),
  from: (value: unknown) => value,
};

const asJson: ValueTransformer = {
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (value: unknown) => (typeof value === 'string' ? JSON.parse(value) : value),
};

/** PostgreSQL hands out bigint as text; every count of ours is far below 2^53. */
const asNumber: ValueTransformer = {
  to: (value: unknown) => value,
  from: (value: unknown) => (typeof value === 'string' ? Number(value) : value),
};

/** Column types that SQLite and PostgreSQL both know. Instants are ISO 8601 UTC text, which sorts by time. */
export const TEXT = { type: 'text', transformer: withoutNul } as const;
export const TEXT_OR_NULL = { ...TEXT, nullable: true } as const;
export const INTEGER = { type: 'integer' } as const;
export const INTEGER_OR_NULL = { type: 'integer', nullable: true } as const;
export const BIGINT = { type: 'bigint', transformer: asNumber } as const;
export const BIGINT_OR_NULL = { ...BIGINT, nullable: true } as const;
export const REAL = { type: 'double precision' } as const;
export const REAL_OR_NULL = { type: 'double precision', nullable: true } as const;
export const JSON_TEXT = { type: 'text', transformer: asJson } as const;
export const JSON_TEXT_OR_NULL = { ...JSON_TEXT, nullable: true } as const;
