import { expect, test } from 'vitest';
import { lasting } from './lasting';

test('what cannot be taken back is counted, and each kind named once', () => {
  const actions = ['remove-groups=a', 'notify', 'delete', 'delete'];
  expect(lasting({ actions, irreversible: { items: 1300, accounts: 650, deletions: 650 } })).toBe('1,300 changes of 650 accounts cannot be taken back: a notice by mail, deletion');
  expect(lasting({ actions, irreversible: { items: 0, accounts: 0, deletions: 0 } })).toBeUndefined();
  // An undo names no actions.
  expect(lasting({ actions: [], irreversible: { items: 1, accounts: 1, deletions: 0 } })).toBe('1 change of 1 account cannot be taken back');
});
