import { Bit, DATE } from './bits';
import { booleanWords, canonicalBoolean } from './booleans';
import { cellBits } from '.';
import { readCompact, readEpoch } from './compact';
import { isoMoment, readDate, type DateOrder } from './dates';
import { isMissing, isMissingWord } from './missing';
import { canonicalNumber } from './numbers';

describe('numbers', () => {
  it.each([
    ['12', '12', '12'],
    ['-12', '-12', '-12'],
    ['+12', '12', '12'],
    ['0.5', '0.5', undefined],
    ['.5', '0.5', undefined],
    ['5.', '5', undefined],
    ['0,5', undefined, '0.5'],
    ['1.234', '1.234', '1234'],
    ['1,234', '1234', '1.234'],
    ['1.234.567', undefined, '1234567'],
    ['1,234,567.89', '1234567.89', undefined],
    ['1.234.567,89', undefined, '1234567.89'],
    ['12,34,567.50', '1234567.50', undefined],
    ["1'234.50", '1234.50', undefined],
    ['1 234,50', undefined, '1234.50'],
    ['1\u00a0234,50 €', undefined, '1234.50'],
    ['$1,234.50', '1234.50', undefined],
    ['-$5', '-5', '-5'],
    ['R$ 1.234,50', undefined, '1234.50'],
    ['USD 12', '12', '12'],
    ['12,5 %', undefined, '12.5'],
    ['(1,234)', '-1234', '-1.234'],
    ['5-', '-5', '-5'],
    ['−5', '-5', '-5'],
    ['1e5', '1e5', '1e5'],
    ['1.5E-3', '1.5E-3', undefined],
    ['007', '7', '7'],
    ['0,123', undefined, '0.123'],
    ['12,34', undefined, '12.34'],
    ['1,23,45', undefined, undefined],
    ['1.2.3', undefined, undefined],
    ['12 apples', undefined, undefined],
    ['A12', undefined, undefined],
    ['12-34', undefined, undefined],
    ['--5', undefined, undefined],
    ['(5', undefined, undefined],
    ['Infinity', undefined, undefined],
    ['0x10', undefined, undefined],
    ['10:30', undefined, undefined],
    ['2024-01-05', undefined, undefined],
  ])('%s with a point is %s, with a comma %s', (text, point, comma) => {
    expect(canonicalNumber(text, '.')).toBe(point);
    expect(canonicalNumber(text, ',')).toBe(comma);
    const bits = cellBits(text);
    expect([(bits & Bit.POINT) !== 0, (bits & Bit.COMMA) !== 0]).toEqual([point !== undefined, comma !== undefined]);
  });

  it('marks codes and integers that a double cannot hold', () => {
    expect(cellBits('00123') & Bit.LEADING_ZERO).not.toBe(0);
    expect(cellBits('0') & Bit.LEADING_ZERO).toBe(0);
    expect(cellBits('0.5') & Bit.LEADING_ZERO).toBe(0);
    expect(cellBits('4111111111111111') & Bit.LONG).not.toBe(0);
  });
});

describe('dates', () => {
  const read = (text: string, order: DateOrder) => {
    const stamp = readDate(text, order);
    return stamp && isoMoment(stamp, true);
  };

  it.each([
    ['2024-01-05', '2024-01-05T00:00:00'],
    ['2024/1/5', '2024-01-05T00:00:00'],
    ['2024.01.05', '2024-01-05T00:00:00'],
    ['2024-01-05T10:20:30', '2024-01-05T10:20:30'],
    ['2024-01-05 10:20', '2024-01-05T10:20:00'],
    ['2024-01-05T10:20:30.250Z', '2024-01-05T10:20:30'],
    ['2024-01-05T00:30:00+02:00', '2024-01-04T22:30:00'],
    ['2024-01-05 11:59 PM', '2024-01-05T23:59:00'],
    ['2024-01-05 12:05 a.m.', '2024-01-05T00:05:00'],
    ['31/12/2023', '2023-12-31T00:00:00'],
    ['12/31/2023', undefined],
    ['31.12.23', '2023-12-31T00:00:00'],
    ['31-12-1999 08:00', '1999-12-31T08:00:00'],
    ['29/02/2023', undefined],
    ['29/02/2024', '2024-02-29T00:00:00'],
    ['15 nov. 2023', '2023-11-15T00:00:00'],
    ['02 Sept. 2024', '2024-09-02T00:00:00'],
    ['15 de marzo de 2024', '2024-03-15T00:00:00'],
    ['1er août 2023', '2023-08-01T00:00:00'],
    ['1. März 2024', '2024-03-01T00:00:00'],
    ['3 dicembre 2022', '2022-12-03T00:00:00'],
    ['7 de outubro de 2021', '2021-10-07T00:00:00'],
    ['November 15th, 2023', '2023-11-15T00:00:00'],
    ['Mon, 15 Jan 2024 10:00:00 GMT', '2024-01-15T10:00:00'],
    ['mar 5 mars 2024', '2024-03-05T00:00:00'],
    ['15-Nov-23', '2023-11-15T00:00:00'],
    ['2023-Nov-15', '2023-11-15T00:00:00'],
    ['Jan-24', '2024-01-01T00:00:00'],
    ['enero 2024', '2024-01-01T00:00:00'],
    ['24-Jan', undefined],
    ['2024-01', '2024-01-01T00:00:00'],
    ['01/2024', '2024-01-01T00:00:00'],
    ['2024M03', '2024-03-01T00:00:00'],
    ['2024-13', undefined],
    ['2024Q1', '2024-01-01T00:00:00'],
    ['2024-Q3', '2024-07-01T00:00:00'],
    ['Q4 2023', '2023-10-01T00:00:00'],
    ['T2 2023', '2023-04-01T00:00:00'],
    ['2024-W01', '2024-01-01T00:00:00'],
    ['2020W53', '2020-12-28T00:00:00'],
    ['2021-W01-3', '2021-01-06T00:00:00'],
    ['1.2.3', undefined],
    ['192.168.0.1', undefined],
    ['May be', undefined],
    ['march 12 apples 2024', undefined],
    ['25:00', undefined],
    ['2024-01-05 25:00', undefined],
  ])('%s is %s', (text, iso) => {
    expect(read(text, 'DMY')).toBe(iso);
  });

  it('reads three numbers in the order asked', () => {
    expect(['DMY', 'MDY', 'YMD'].map((order) => read('03/04/05', order as DateOrder))).toEqual([
      '2005-04-03T00:00:00',
      '2005-03-04T00:00:00',
      '2003-04-05T00:00:00',
    ]);
    expect(cellBits('31/12/2023') & DATE).toBe(Bit.DMY);
    expect(cellBits('12/31/2023') & DATE).toBe(Bit.MDY);
    expect(cellBits('03/04/2023') & DATE).toBe(Bit.DMY | Bit.MDY);
  });

  it.each([
    ['20240131', '2024-01-31T00:00:00'],
    ['20240131235958', '2024-01-31T23:59:58'],
    ['202402', '2024-02-01T00:00:00'],
    ['20241331', undefined],
    ['12345678', undefined],
  ])('%s without separators is %s', (text, iso) => {
    const stamp = readCompact(text);
    expect(stamp && isoMoment(stamp, false)).toBe(iso);
  });

  it.each([
    ['1700000000', '2023-11-14T22:13:20'],
    ['1700000000000', '2023-11-14T22:13:20'],
    ['1700000000000000', '2023-11-14T22:13:20'],
    ['1700000000000000000', '2023-11-14T22:13:20'],
    ['17000000', undefined],
    ['9999999999', undefined],
  ])('%s since 1970 is %s', (text, iso) => {
    const stamp = readEpoch(text);
    expect(stamp && isoMoment(stamp, false)).toBe(iso);
  });
});

describe('words', () => {
  it.each(['', 'NA', 'n/a', 'NaN', 'NULL', '#N/A', '?', '-', '.', '...', '\\N', '#DIV/0!'])(
    '"%s" is no value',
    (text) => {
      expect(isMissing(text)).toBe(true);
    },
  );

  it.each(['0', 'no', 'Namibia', 'a', '-1', 'none', 'unknown'])('"%s" is a value', (text) => {
    expect(isMissing(text)).toBe(false);
  });

  it('takes "none" and "sin dato" for no value only where the column is not text', () => {
    expect(['none', 'Unknown', 'sin dato', 'no'].map(isMissingWord)).toEqual([true, true, true, false]);
  });

  it.each([
    [['TRUE', 'false'], { true: 'true', false: 'false' }],
    [['Sí', 'No'], { true: 'sí', false: 'no' }],
    [['ja', 'Nein', 'nein'], { true: 'ja', false: 'nein' }],
    [['oui', 'non'], { true: 'oui', false: 'non' }],
    [['yes'], undefined],
    [['yes', 'no', 'maybe'], undefined],
    [['1', '0'], undefined],
    [['yes', 'nein'], undefined],
  ])('%j are %j', (values, words) => {
    expect(booleanWords(values)).toEqual(words);
  });

  it('makes truth values canonical', () => {
    const words = { true: 'sí', false: 'no' };
    expect(['SÍ', 'no', 'si'].map((text) => canonicalBoolean(text, words))).toEqual(['true', 'false', undefined]);
  });
});
