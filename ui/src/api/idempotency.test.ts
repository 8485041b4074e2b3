import { expect, test } from 'vitest';
import { Intention, newKey } from './idempotency';
import { Problem } from './problems';

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

test('the same key after a failure, and a new one where somebody has looked what became of the old', () => {
  const problem = (code: string) => new Problem({ status: 409, code, title: '', detail: '', errors: [] });
  const intention = new Intention();
  const first = intention.keyFor(1);
  intention.failed(problem('idempotency-key-in-use'));
  expect(intention.keyFor(1)).toBe(first);
  intention.failed(problem('idempotency-key-unsettled'));
  expect(intention.keyFor(1)).not.toBe(first);
});
