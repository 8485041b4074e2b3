import { expect, test } from 'vitest';
import { placeOf } from './place-of';

test('the place in the words of the server', () => {
  expect(placeOf('mail template "text", line 2, column 4: syntax error: unexpected end of input')).toEqual({ line: 2, column: 4 });
  expect(placeOf('is longer than 65536 characters')).toBeUndefined();
});
