import { expect, test } from 'vitest';
import { NOTHING, actionsOf, limitsOf, missing, ruledOutBy } from './choice';

test('actions are sent in the order in which they are done, whatever the order of choosing', () => {
  expect(actionsOf({ ...NOTHING, kinds: ['disable', 'add-groups', 'remove-groups', 'change-directory'], joins: ['a'], leaves: ['b', 'c'], directory: 'LDAP', move: 'copy' })).toEqual([
    { 'remove-groups': ['b', 'c'] },
    { 'add-groups': ['a'] },
    'disable',
    { 'change-directory': { to: 'LDAP', mode: 'copy' } },
  ]);
});

test('what contradicts each other is not chosen together', () => {
  expect(ruledOutBy('enable', ['disable'])).toBe('disable');
  expect(ruledOutBy('disable', ['enable'])).toBe('enable');
  expect(ruledOutBy('disable', ['delete'])).toBe('delete');
  expect(ruledOutBy('delete', ['notify'])).toBeUndefined();
  expect(ruledOutBy('delete', ['notify', 'remove-groups'])).toBe('remove-groups');
  expect(ruledOutBy('add-groups', ['disable', 'remove-groups'])).toBeUndefined();
});

test('limits that are not named are left to the server', () => {
  expect(limitsOf(NOTHING)).toBeUndefined();
  expect(limitsOf({ ...NOTHING, limits: { accounts: ' 20', percent: '', 'minimum-idle': '0', canary: '', failures: 'many' } })).toEqual({ accounts: 20, 'minimum-idle': '0d', failures: 'many' });
});

test('what is missing is said at its field', () => {
  expect(missing(NOTHING)).toEqual({ kinds: 'Choose at least one action.' });
  expect(missing({ ...NOTHING, kinds: ['add-groups'] })).toEqual({ joins: 'Name at least one group.' });
  expect(missing({ ...NOTHING, kinds: ['add-groups', 'disable'], joins: ['x'] })).toEqual({});
});
