import { expect, test } from 'vitest';
import { actionText, readAction, writeAction } from './action-list';
import type { Value } from './document';

test('an action is read and written as it stands in the document', () => {
  const values: Value[] = ['disable', { 'add-groups': ['a', 'b'] }, { 'remove-groups': [] }, { 'change-directory': { to: 'LDAP', mode: 'copy' } }, 'something else'];
  for (const value of values) {
    const read = readAction(value);
    expect(read).toBeDefined();
    if (read) expect(writeAction(read)).toEqual(value);
  }
});

test('what the form cannot show is left to the YAML', () => {
  const values: Value[] = [null, 3, [], { a: 1, b: 2 }, { 'what-else': ['a'] }];
  for (const value of values) expect(readAction(value)).toBeUndefined();
});

test('in a line', () => {
  expect(actionText({ 'remove-groups': ['a', 'b'] })).toBe('remove-groups=a, b');
  expect(actionText({ 'change-directory': { to: 'LDAP', mode: 'move' } })).toBe('change-directory=move to LDAP');
});
