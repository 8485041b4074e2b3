import { expect, test } from 'vitest';
import { bandsOf } from './idle-bands';

const bands = bandsOf({
  bands: [
    { from: 0, to: 30, accounts: 5 },
    { from: 90, to: 180, accounts: 2 },
    { from: 365, to: null, accounts: 1 },
  ],
  never: 3,
  unknown: 4,
  total: 15,
});

test('every band in words, never and unknown last', () => {
  expect(bands.map(({ words, accounts }) => [words, accounts])).toEqual([
    ['less than 30 days', 5],
    ['90 to 180 days', 2],
    ['365 days and more', 1],
    ['never active', 3],
    ['not known: left alone', 4],
  ]);
});

test('the criterion of a band leaves out whoever is in another', () => {
  expect(bands.map(({ criterion }) => criterion)).toEqual([
    'status = enabled AND seat = true AND NOT lastActive = never AND idle >= 0d AND idle < 30d',
    'status = enabled AND seat = true AND NOT lastActive = never AND idle >= 90d AND idle < 180d',
    'status = enabled AND seat = true AND NOT lastActive = never AND idle >= 365d',
    'status = enabled AND seat = true AND lastActive = never',
    'status = enabled AND seat = true AND lastActive IS UNKNOWN',
  ]);
});
