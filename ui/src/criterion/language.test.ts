import { describe, expect, test } from 'vitest';
import { both, joined, readConditions, tokensOf, written } from './language';

const rows = (text: string) => {
  const read = readConditions(text);
  if ('richer' in read) throw new Error(read.richer);
  return read;
};

describe('a plain AND becomes rows', () => {
  test('every form of a condition', () => {
    expect(rows('status = enabled and IDLE >= 90d AND group in ("a b", c) AND email ~ "x\\"y" AND lastLogin = never ORDER BY lastActive DESC')).toEqual({
      conditions: [
        { field: 'status', operator: '=', values: ['enabled'] },
        { field: 'idle', operator: '>=', values: ['90d'] },
        { field: 'group', operator: 'IN', values: ['a b', 'c'] },
        { field: 'email', operator: '~', values: ['x"y'] },
        { field: 'lastLogin', operator: '= never', values: [] },
      ],
      order: 'ORDER BY lastActive DESC',
    });
  });

  test('states, however they are written', () => {
    expect(rows('email IS EMPTY AND email IS NOT EMPTY AND lastActive = UNKNOWN AND lastActive IS NOT NEVER').conditions.map((one) => one.operator)).toEqual(['IS EMPTY', 'IS NOT EMPTY', 'IS UNKNOWN', '!= never']);
  });

  test('NOT before a likeness turns it round', () => {
    expect(rows('NOT group IN ("a") AND NOT status = enabled').conditions.map((one) => one.operator)).toEqual(['NOT IN', '!=']);
  });

  test('nothing, and everybody, are no rows', () => {
    expect(rows('  ').conditions).toEqual([]);
    expect(rows('all ORDER BY name')).toEqual({ conditions: [], order: 'ORDER BY name' });
  });
});

describe('what is richer stays text, and says why', () => {
  test.each([
    ['status = enabled OR idle >= 90d', /OR/],
    ['status = enabled AND (idle >= 90d)', /parentheses/],
    ['NOT (status = enabled)', /parentheses/],
    ['NOT idle >= 90d', /NOT/],
    ['status = enabled AND', /not finished/],
    ['status = "enabled', /not finished/],
    ['idel >= 90d', /not finished/],
    ['group IN ("a"', /not finished/],
    ['status', /not finished/],
  ])('%s', (text, why) => {
    const read = readConditions(text);
    expect('richer' in read && read.richer).toMatch(why);
  });
});

test('what is written reads back the same', () => {
  for (const text of [
    'status = enabled AND idle >= 90d',
    'group NOT IN ("a, b", "c\\\\d", "e\\"f") AND username = "AND"',
    'created < 2026-01-01 AND lastActive >= "2026-11-22T10:00:00Z" AND lastLogin < -90d',
    'name ~ "Zoë \u202e x" AND email IS NOT EMPTY AND lastActive IS UNKNOWN AND groups IN (1, 2) ORDER BY name, idle DESC',
  ]) {
    const { conditions, order } = rows(text);
    expect(joined(conditions.map(written), order)).toBe(text);
  }
  expect(joined([], '')).toBe('all');
});

test('tokens stand where they stand, in units of UTF-16', () => {
  expect(tokensOf('name = "😀" AND x')?.map(({ start, end }) => [start, end])).toEqual([
    [0, 4],
    [5, 6],
    [7, 11],
    [12, 15],
    [16, 17],
  ]);
});

test('two criteria together keep their meaning', () => {
  expect(both('', 'idle >= 90d')).toBe('idle >= 90d');
  expect(both('all', 'idle >= 90d')).toBe('idle >= 90d');
  expect(both('status = enabled ORDER BY name', 'idle >= 90d')).toBe('status = enabled AND idle >= 90d');
  expect(both('seat = true OR status = enabled ORDER BY name', 'idle >= 90d')).toBe('(seat = true OR status = enabled) AND idle >= 90d');
});
