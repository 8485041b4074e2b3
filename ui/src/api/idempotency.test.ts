import { expect, test } from 'vitest';
import { Intention, newKey } from './idempotency';

test('one key for the same intention until it is fulfilled, another for anything else', () => {
  const intention = new Intention();
  const first = intention.keyFor({ reason: 'a' });
  expect(intention.keyFor({ reason: 'a' })).toBe(first);
  const changed = intention.keyFor({ reason: 'b' });
  expect(changed).not.toBe(first);
  intention.fulfilled();
  expect(intention.keyFor({ reason: 'b' })).not.toBe(changed);
  expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
});
