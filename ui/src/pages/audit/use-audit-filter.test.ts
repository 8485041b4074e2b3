import { expect, test } from 'vitest';
import { asked } from './use-audit-filter';

test('days of the address are whole days where the reader is', () => {
  const { since, until, kind } = asked({ kind: 'run', since: '2026-03-31', until: '2026-03-31' });
  expect(kind).toBe('run');
  expect(new Date(since ?? '')).toEqual(new Date(2026, 2, 31));
  expect(new Date(until ?? '')).toEqual(new Date(2026, 3, 1));
});

test('what is no day is not asked for', () => {
  expect(asked({ since: 'yesterday', actor: 'ada' })).toEqual({ actor: 'ada' });
});
