import { expect, test } from 'vitest';
import { KINDS, kindWords } from './kinds';

test('every kind stands in one area, below everything of that area', () => {
  const values = KINDS.flatMap(({ options }) => options.map(({ value }) => value));
  expect(new Set(values).size).toBe(values.length);
  expect(values.filter((value) => value.startsWith('run'))).toEqual(['run', 'run.created', 'run.taken', 'run.item.intent', 'run.item.outcome', 'run.stop-requested', 'run.stopped', 'run.resumed', 'run.finished', 'run.failed']);
  expect(kindWords('run')).toBe('Runs: everything');
  expect(kindWords('key.rotated')).toBe('The sealing key was changed');
  expect(kindWords('of.tomorrow')).toBe('of.tomorrow');
});
