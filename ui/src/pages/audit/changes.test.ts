import { expect, test } from 'vitest';
import { changesOf } from './changes';

test('what stayed, what changed, what came and what went', () => {
  expect(changesOf({ role: 'viewer', name: 'mira', old: 1 }, { role: 'admin', name: 'mira', groups: ['a'] })).toEqual([
    { name: 'role', before: 'viewer', after: 'admin', isChanged: true },
    { name: 'name', before: 'mira', after: 'mira', isChanged: false },
    { name: 'old', before: '1', after: undefined, isChanged: true },
    { name: 'groups', before: undefined, after: '[\n "a"\n]', isChanged: true },
  ]);
});

test('a side that is a bare value, and none at all', () => {
  expect(changesOf('enabled', 'disabled')).toEqual([{ name: '', before: 'enabled', after: 'disabled', isChanged: true }]);
  expect(changesOf(null, null)).toEqual([]);
});
