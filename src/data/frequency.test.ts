import { inferFrequency } from './frequency';

const DAY = 86_400_000;
const days = (count: number, step = 1, from = '2024-01-01') =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(from) + index * step * DAY).toISOString().slice(0, 10),
  );
const moments = (count: number, minutes: number) =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.parse('2024-03-30T00:00:00Z') + index * minutes * 60_000).toISOString().slice(0, 19),
  );
const months = (count: number, step: number, day = 1) =>
  Array.from({ length: count }, (_, index) => new Date(Date.UTC(2020, index * step, day)).toISOString().slice(0, 10));

describe('inferFrequency', () => {
  it.each([
    ['days', days(60), { unit: 'D', step: 1, season_length: 7 }],
    ['weeks', days(30, 7), { unit: 'W', step: 1, season_length: 52 }],
    ['every other day', days(30, 2), { unit: 'D', step: 2, season_length: 4 }],
    ['hours', moments(100, 60), { unit: 'h', step: 1, season_length: 24 }],
    ['six hours', moments(100, 360), { unit: 'h', step: 6, season_length: 4 }],
    ['half hours', moments(100, 30), { unit: 'min', step: 30, season_length: 48 }],
    ['ten minutes', moments(100, 10), { unit: 'min', step: 10, season_length: 6 }],
    ['months', months(36, 1), { unit: 'MS', step: 1, season_length: 12 }],
    ['month ends', months(36, 1, 0), { unit: 'MS', step: 1, season_length: 12 }],
    ['the 15th of months', months(36, 1, 15), { unit: 'MS', step: 1, season_length: 12 }],
    ['quarters', months(20, 3), { unit: 'QS', step: 1, season_length: 4 }],
    ['quarter ends', months(20, 3, 0), { unit: 'QS', step: 1, season_length: 4 }],
    ['years', months(20, 12), { unit: 'YS', step: 1, season_length: 1 }],
  ])('%s', (_name, dates, frequency) => {
    expect(inferFrequency(dates)).toEqual({ frequency, regular_share: 1, gaps: 0, duplicates: 0 });
  });

  it('takes days without weekends for business days, holidays as gaps', () => {
    const workdays = days(120).filter((day) => ![0, 6].includes(new Date(day).getUTCDay()));
    const withHoliday = workdays.filter((day) => day !== '2024-02-14');
    expect(inferFrequency(withHoliday)).toMatchObject({ frequency: { unit: 'B', step: 1, season_length: 5 }, gaps: 1 });
  });

  it('counts gaps and duplicates, whatever the order', () => {
    const dates = [...days(40).filter((_, index) => index !== 7 && index !== 20), '2024-01-03', ''].reverse();
    const rhythm = inferFrequency(dates);
    expect(rhythm).toMatchObject({ frequency: { unit: 'D', step: 1 }, gaps: 2, duplicates: 1 });
    expect(rhythm?.regular_share).toBeCloseTo(35 / 37);
  });

  it('claims nothing from two stamps or from stamps without a rhythm', () => {
    expect(inferFrequency(['2024-01-01', '2024-01-02'])).toBeNull();
    expect(
      inferFrequency(['2024-01-01', '2024-01-03', '2024-01-09', '2024-02-25', '2024-02-26', '2024-05-01']),
    ).toBeNull();
  });
});
