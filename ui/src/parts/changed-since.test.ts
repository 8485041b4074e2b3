import { expect, test } from 'vitest';
import type { Schemas } from '@/api/client';
import { changedSince } from './changed-since';

const run = (id: string, more: Partial<Schemas['Run']>): Schemas['Run'] => ({
  id,
  plan: 'p',
  site: 'wiki',
  mode: 'live',
  state: 'done',
  isOver: true,
  counts: { done: 3 },
  startedBy: 'ada',
  createdAt: '2026-11-26T10:00:00Z',
  finishedAt: '2026-11-26T10:10:00.5Z',
  ...more,
});

test('only what a live run changed after the site was read is news', () => {
  const runs = [
    run('after', {}),
    run('going on', { finishedAt: null, state: 'running', isOver: false }),
    run('before', { finishedAt: '2026-11-26T10:04:59Z' }),
    run('only tested', { mode: 'test' }),
    run('nothing done', { counts: { done: 0, failed: 2 } }),
  ];
  expect(changedSince(runs, '2026-11-26T10:05:00Z').map(({ id }) => id)).toEqual(['after', 'going on']);
  // The same instant, written with another precision and zone.
  expect(changedSince(runs, '2026-11-26T11:10:00.500000+01:00').map(({ id }) => id)).toEqual(['going on']);
});
