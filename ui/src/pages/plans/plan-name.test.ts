import { expect, test } from 'vitest';
import { deletes, irreversible, planName } from './plan-name';

test('a plan is called by where it comes from', () => {
  expect(planName({ kind: 'policy', name: 'reclaim', version: 'a' })).toBe('reclaim');
  expect(planName({ kind: 'undo', run: 'r', operator: 'ada' })).toBe('Undo of a run');
  expect(planName({ kind: 'bulk', operator: 'ada' })).toBe('By hand');
});

test('what cannot be taken back is named once; a group called delete is no deletion', () => {
  expect(irreversible(['remove-groups=a', 'notify', 'delete', 'delete'])).toEqual(['a notice by mail', 'deletion']);
  expect(irreversible(['disable', 'add-groups=delete'])).toEqual([]);
  expect(deletes(['add-groups=delete'])).toBe(false);
  expect(deletes(['notify', 'delete'])).toBe(true);
});
