import { expect, test } from 'vitest';
import { planName } from './names';

test('a plan is called by where it comes from', () => {
  expect(planName({ kind: 'policy', name: 'reclaim', version: 'a' })).toBe('reclaim');
  expect(planName({ kind: 'undo', run: 'r', operator: 'ada' })).toBe('Undo of a run');
  expect(planName({ kind: 'bulk', operator: 'ada' })).toBe('By hand');
});
