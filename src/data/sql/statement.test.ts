import { type AutomlError } from '../../contracts/failure';
import type { SqlConnection } from './source';
import { namesIn, readOnlyStatement } from './statement';

function codeOf(query: string, type: SqlConnection['type']): string {
  try {
    readOnlyStatement(query, type);
    return 'accepted';
  } catch (error) {
    return (error as AutomlError).failure.code;
  }
}

describe('readOnlyStatement', () => {
  it.each([
    ['postgresql', 'SELECT 1;', 'SELECT 1'],
    ['postgresql', "  with a as (select ';') select * from a ; -- done", "  with a as (select ';') select * from a"],
    ['postgresql', "SELECT $tag$ ; drop $tag$, E'it\\'s; fine'", "SELECT $tag$ ; drop $tag$, E'it\\'s; fine'"],
    ['postgresql', 'SELECT 1 /* a /* nested ; */ comment */', 'SELECT 1'],
    ['mysql', "SELECT 'it\\'s; fine', `a;b` # end ;", "SELECT 'it\\'s; fine', `a;b`"],
    ['mysql', 'SHOW TABLES', 'SHOW TABLES'],
    ['sqlite', 'VALUES (1), (2)', 'VALUES (1), (2)'],
    ['sqlite', 'SELECT "a;b", [c;d] FROM t', 'SELECT "a;b", [c;d] FROM t'],
    ['sqlite', '(SELECT 1)', '(SELECT 1)'],
    ['duckdb', 'FROM t; -- all', 'FROM t'],
    ['duckdb', 'SELECT $$;$$, "a;b"', 'SELECT $$;$$, "a;b"'],
  ] as const)('%s takes %s', (type, query, statement) => {
    expect(readOnlyStatement(query, type)).toBe(statement);
  });

  it.each([
    ['postgresql', 'SELECT 1; DROP TABLE t', 'several_statements'],
    ['postgresql', "SELECT '\\'; DROP TABLE t --'", 'several_statements'],
    ['postgresql', '-- SELECT\nDELETE FROM t', 'query_not_read_only'],
    ['postgresql', "COPY t TO PROGRAM 'id'", 'query_not_read_only'],
    ['postgresql', 'SELECT $a$ never closed', 'query_invalid'],
    ['mysql', "SELECT 1 INTO OUTFILE '/tmp/x'", 'query_not_read_only'],
    ['mysql', "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */", 'query_not_read_only'],
    ['mysql', "SELECT 1 /*M!100000 INTO DUMPFILE '/tmp/x' */", 'query_not_read_only'],
    ['mysql', "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t", 'query_not_read_only'],
    ['sqlite', "ATTACH 'x.db' AS x", 'query_not_read_only'],
    ['sqlite', 'PRAGMA journal_mode', 'query_not_read_only'],
    ['sqlite', 'SELECT 1; PRAGMA user_version', 'several_statements'],
    ['duckdb', "COPY t TO 'x.csv'", 'query_not_read_only'],
    ['duckdb', "SELECT 1; ATTACH 'x' AS x", 'several_statements'],
    ['sqlite', '', 'query_not_read_only'],
    ['sqlite', ';', 'query_not_read_only'],
  ] as const)('%s refuses %s', (type, query, code) => {
    expect(codeOf(query, type)).toBe(code);
  });
});

describe('namesIn', () => {
  it.each([
    ['postgresql', 'SELECT a FROM Sales."My ""T" -- gone', ['sales', 'my "t']],
    ['postgresql', "SELECT 'orders' FROM t", ['t']],
    ['mysql', 'SELECT 1 FROM `odd``one` # orders', ['odd`one']],
    ['sqlite', "SELECT [a b] FROM 'orders', `c`", ['a b', 'orders', 'c']],
    ['duckdb', 'FROM größe', ['größe']],
  ] as const)('%s: %s', (type, query, names) => {
    const found = namesIn(query, type);
    for (const name of names) expect(found).toContain(name);
    expect(found).not.toContain('gone');
    if (type !== 'sqlite') expect(found).not.toContain('orders');
  });
});
