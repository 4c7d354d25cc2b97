import type { WrittenAnswer } from '../../contracts/drafts';
import type { TableOutline } from '../../data/sql';
import { offeredTables, queryMessages, readQuery } from '.';

const table = (name: string, columns: string[] = ['id'], schema: string | null = null): TableOutline => ({
  ...{ schema, name },
  columns: columns.map((column) => ({ name: column, type: 'INTEGER' })),
});
const many = (count: number, make: (index: number) => TableOutline) => Array.from({ length: count }, (_, i) => make(i));
const namesOf = (pages: ReturnType<typeof offeredTables>) => pages.flat().map((each) => each.table);

const WAREHOUSE = [
  ...many(3000, (index) => table(`stage_${index}`, ['key', 'value', 'loaded_at'])),
  table('CustomerOrders', ['OrderId', 'ShippedAt']),
  table('mesures_qualité', ['température']),
  table('plain', ['revenue_2024', 'country']),
];

describe('the tables that are offered', () => {
  it.each([
    ['orders of customers', 'CustomerOrders'],
    ['when was it SHIPPED', 'CustomerOrders'],
    ['Temperature', 'mesures_qualité'],
    ['revenues by country', 'plain'],
  ])('fit "%s"', (words, first) => {
    expect(namesOf(offeredTables({ words }, WAREHOUSE))[0]).toBe(first);
  });

  it('begin with the one that is named, by its schema where that is given', () => {
    const twice = [table('t', ['a'], 'one'), ...WAREHOUSE, table('t', ['b'], 'two')];
    const [first] = offeredTables({ words: 'orders', table: { schema: 'two', name: 't' } }, twice).flat();
    expect(first).toEqual({ schema: 'two', table: 't', columns: { b: 'INTEGER' } });
  });

  it('are all of a small catalogue, in its order where nothing fits', () => {
    const names = ['c', 'a', 'b'];
    expect(
      namesOf(
        offeredTables(
          { words: 'hello' },
          names.map((name) => table(name)),
        ),
      ),
    ).toEqual(names);
  });

  it('show the columns that fit where there are too many', () => {
    const wide = table('wide', [...Array.from({ length: 900 }, (_, index) => `c${index}`), 'revenue']);
    const [offered] = offeredTables({ words: 'revenue' }, [wide]).flat();
    expect(Object.keys(offered!.columns)).toHaveLength(60);
    expect(Object.keys(offered!.columns).at(-1)).toBe('revenue');
    expect(offered!.more_columns).toBe(841);
  });

  it('leave out names that would reach the model cut', () => {
    expect(offeredTables({ words: 'x' }, [table('x'.repeat(151)), table('')])).toEqual([]);
    expect(offeredTables({ words: 'x' }, [table('t', ['y'.repeat(151)])]).flat()).toEqual([
      { table: 't', columns: {}, more_columns: 1 },
    ]);
  });
});

it.each([
  ['thousands of tables', WAREHOUSE],
  [
    'wide tables',
    many(50, (i) =>
      table(
        `t${i}`,
        many(1000, (j) => table(`column_${j}`)).map(({ name }) => name),
      ),
    ),
  ],
  ['names of fences', many(200, (i) => table(`${'`'.repeat(100)}${i}`, ['`'.repeat(150)]))],
  ['names that show nothing', many(200, (i) => table(`${'\u202E'.repeat(100)}${i}`, ['\u200B'.repeat(150)]))],
])('a prompt is bounded and whole with %s', (_name, catalogue) => {
  const words = 'w'.repeat(2000);
  const pages = offeredTables({ words }, catalogue);
  const [, user] = queryMessages({ type: 'sqlite', words, pages });
  expect(user!.content!.length).toBeLessThan(90_000);
  const blocks = [...user!.content!.matchAll(/```json\n([\s\S]*?)\n```/g)].map(
    ([, json]) => JSON.parse(json!) as object,
  );
  expect(blocks.slice(1).flat()).toHaveLength(pages.flat().length);
  expect(pages.flat().length).toBeGreaterThan(1);
});

const answer = (content: string | object, finish = 'stop'): WrittenAnswer => ({
  message: { role: 'assistant', content: typeof content === 'string' ? content : JSON.stringify(content) },
  ...{ finish, model: 'm', prompt_tokens: 1, completion_tokens: 1, cost_usd: null },
});

it.each([
  ['a query', answer({ query: ' SELECT 1\n', explanation: 'One.' }), { query: 'SELECT 1', explanation: 'One.' }],
  ['no query', answer({ query: null, explanation: 'No such data.' }), { unable: 'No such data.' }],
  ['a blank query', answer({ query: ' ', explanation: '' }), { unable: 'The model wrote no query.' }],
  [
    'a query that is a list',
    answer({ query: ['SELECT 1'], explanation: '' }),
    { problem: expect.stringMatching(/^query: /) },
  ],
  ['a query without end', answer({ query: 'x'.repeat(20_001), explanation: '' }), { problem: expect.anything() }],
  ['a zero byte', answer({ query: 'SELECT 1\0', explanation: '' }), { problem: expect.anything() }],
  ['a turned-round name', answer({ query: 'SELECT \u202Ea', explanation: '' }), { problem: expect.anything() }],
  ['tabs and lines', answer({ query: 'SELECT\r\n\t1', explanation: '' }), { query: 'SELECT\r\n\t1', explanation: '' }],
  [
    'a long tale',
    answer({ query: 'SELECT 1', explanation: `\u202E${'x'.repeat(2000)}` }),
    { query: 'SELECT 1', explanation: `${'x'.repeat(999)}…` },
  ],
  ['nothing', answer(''), { problem: expect.stringMatching(/empty/) }],
  ['a filtered answer', answer('', 'content_filter'), { unable: expect.stringMatching(/filtered/) }],
])('%s is read', (_name, written, reading) => {
  expect(readQuery(written)).toEqual(reading);
});
