import {
  columnOf,
  correctColumn,
  correctDialect,
  countCorrections,
  placeOf,
  undoAt,
} from '../../web/src/features/new-job/api/corrections';
import { suggestTarget } from '../../web/src/features/new-job/api/inspect';
import { problemOf } from '../../web/src/lib/http';

describe('corrections', () => {
  const some = { dialect: { delimiter: ';' }, columns: { 'a.type': { type: 'text', drop: true } } } as const;

  test('fields come, change and go; nothing is left of what says nothing', () => {
    expect(correctDialect({}, { header_rows: 0 })).toEqual({ dialect: { header_rows: 0 } });
    expect(correctDialect({ dialect: { header_rows: 0 } }, { header_rows: undefined })).toEqual({});
    expect(correctColumn(some, 'a.type', { type: undefined })).toEqual({
      dialect: { delimiter: ';' },
      columns: { 'a.type': { drop: true } },
    });
    expect(correctColumn({}, 'x', { type: 'date', format: undefined })).toEqual({ columns: { x: { type: 'date' } } });
    expect(countCorrections(some)).toBe(3);
  });

  test('a column may be called like what every object has', () => {
    expect(columnOf({ columns: {} }, 'constructor')).toEqual({});
    const named = correctColumn({}, 'toString', { drop: true });
    expect(columnOf(named, 'toString')).toEqual({ drop: true });
  });

  test.each([
    ['dialect.encoding', { part: 'dialect', field: 'encoding' }],
    ['columns.a.type.format', { part: 'column', name: 'a.type', field: 'format' }],
    ['columns.a.type', { part: 'column', name: 'a', field: 'type' }],
    ['columns.gone', { part: 'column', name: 'gone', field: null }],
    ['columns', null],
  ])('a refusal of %s is told at its control', (path, place) => {
    const error = problemOf(422, JSON.stringify({ detail: 'no', errors: [{ path, message: 'no' }] }));
    expect(placeOf(error)).toEqual(place);
  });

  test('what is refused can be undone alone, or with all of a column that is not there', () => {
    expect(undoAt(some, { part: 'column', name: 'a.type', field: 'drop' })).toEqual({
      dialect: { delimiter: ';' },
      columns: { 'a.type': { type: 'text' } },
    });
    expect(undoAt(some, { part: 'column', name: 'a.type', field: null })).toEqual({ dialect: { delimiter: ';' } });
    expect(undoAt(some, { part: 'dialect', field: 'delimiter' })).toEqual({ columns: some.columns });
    expect(placeOf(new Error('no answer'))).toBeNull();
  });
});

describe('the target that is suggested', () => {
  const column = (name: string, type: string, more: object = {}) =>
    ({ name, detected_name: name, type, role: null, dropped: false, ...more }) as Parameters<
      typeof suggestTarget
    >[0][0];
  test.each([
    ['the last number', [column('day', 'date'), column('price', 'real'), column('shop', 'text')], 'price'],
    ['no id, though it is a number', [column('sales', 'integer'), column('shop_id', 'integer')], 'sales'],
    ['a class where there is no number', [column('day', 'date'), column('churned', 'category')], 'churned'],
    ['what the reader left in', [column('sales', 'integer'), column('price', 'real', { dropped: true })], 'sales'],
    ['what is there to be learned from', [column('a', 'real'), column('b', 'real', { role: 'series_id' })], 'a'],
    ['what was said before', [column('a', 'real', { role: 'target' }), column('b', 'real')], 'a'],
    ['nothing in a table of dates', [column('day', 'date')], null],
  ])('is %s', (_, columns, target) => expect(suggestTarget(columns)).toBe(target));
});
