interface AllowedFunction {
  /** Fewest and most. */
  arguments: [number, number];
  sql: (given: string[]) => string;
}

const call = (name: string, least: number, most = least): AllowedFunction => ({
  arguments: [least, most],
  sql: (given) => `${name}(${given.join(', ')})`,
});
const onText = (name: string, least: number, most = least): AllowedFunction => ({
  arguments: [least, most],
  sql: ([first, ...rest]) => `${name}(${[`CAST(${first} AS VARCHAR)`, ...rest].join(', ')})`,
});
const cast = (type: string): AllowedFunction => ({
  arguments: [1, 1],
  sql: ([value]) => `TRY_CAST(${value} AS ${type})`,
});
const datePart = (part: string): AllowedFunction => ({
  arguments: [1, 1],
  sql: ([value]) => `date_part('${part}', TRY_CAST(${value} AS TIMESTAMP))`,
});
/** Out of a function's domain a value is missing rather than an error for the whole table. */
const positive = (name: string): AllowedFunction => ({
  arguments: [1, 1],
  sql: ([value]) => `(CASE WHEN ${value} > 0 THEN ${name}(${value}) END)`,
});

/** All that an expression may call. Each row of a table on its own; nothing here reads files, settings or the clock. */
export const FUNCTIONS: Record<string, AllowedFunction> = {
  abs: call('abs', 1),
  round: call('round', 1, 2),
  floor: call('floor', 1),
  ceil: call('ceil', 1),
  sqrt: { arguments: [1, 1], sql: ([value]) => `(CASE WHEN ${value} >= 0 THEN sqrt(${value}) END)` },
  exp: call('exp', 1),
  ln: positive('ln'),
  log10: positive('log10'),
  power: call('power', 2),
  least: call('least', 2, 20),
  greatest: call('greatest', 2, 20),
  coalesce: call('coalesce', 2, 20),
  if: { arguments: [3, 3], sql: ([test, yes, no]) => `(CASE WHEN ${test} THEN ${yes} ELSE ${no} END)` },
  lower: onText('lower', 1),
  upper: onText('upper', 1),
  trim: onText('trim', 1),
  length: onText('length', 1),
  substr: onText('substr', 2, 3),
  replace: onText('replace', 3),
  contains: onText('contains', 2),
  starts_with: onText('starts_with', 2),
  ends_with: onText('suffix', 2),
  concat: call('concat', 2, 20),
  number: cast('DOUBLE'),
  text: { arguments: [1, 1], sql: ([value]) => `CAST(${value} AS VARCHAR)` },
  date: cast('DATE'),
  year: datePart('year'),
  quarter: datePart('quarter'),
  month: datePart('month'),
  week: datePart('week'),
  day: datePart('day'),
  weekday: datePart('isodow'),
  hour: datePart('hour'),
  minute: datePart('minute'),
  days_between: {
    arguments: [2, 2],
    sql: ([from, to]) => `date_diff('day', TRY_CAST(${from} AS TIMESTAMP), TRY_CAST(${to} AS TIMESTAMP))`,
  },
};
