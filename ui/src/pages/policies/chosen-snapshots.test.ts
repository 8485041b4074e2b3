import { expect, test } from 'vitest';
import { chosenSnapshots } from './chosen-snapshots';

const at = (day: number) => ({ id: `day-${day}`, takenAt: new Date(Date.UTC(2026, 0, 1) + day * 24 * 3600 * 1000).toISOString() });
const ids = (days: number[]) => chosenSnapshots(days.map(at)).map((one) => one.id);

test('the newest, and the nearest to a week, a month, a quarter, half a year and a year before', () => {
  expect(ids([400, 399, 393, 380, 371, 309, 220, 35])).toEqual(['day-400', 'day-393', 'day-371', 'day-309', 'day-220', 'day-35']);
});

test('what is missing is left out, and nothing stands twice', () => {
  expect(ids([400])).toEqual(['day-400']);
  expect(ids([400, 372])).toEqual(['day-400', 'day-372']);
  expect(ids([])).toEqual([]);
});

test('a site that is known for hours shows at least its first snapshot', () => {
  expect(ids([400.5, 400.2, 400])).toEqual(['day-400.5', 'day-400']);
});
