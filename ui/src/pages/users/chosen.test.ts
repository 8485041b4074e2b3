import { expect, test } from 'vitest';
import { chosenIn } from './chosen';

test('what the history carries is read with suspicion', () => {
  const mira = { key: 'k1', username: 'mira', name: 'Mira' };
  expect(chosenIn({ chosen: [mira] })).toEqual([mira]);
  expect(chosenIn({ chosen: [mira, null, { key: 1 }, 'k2'] })).toEqual([mira]);
  for (const other of [undefined, null, 'x', 7, {}, { chosen: 'k1' }]) expect(chosenIn(other)).toEqual([]);
});
