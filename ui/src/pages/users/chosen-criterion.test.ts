import { expect, test } from 'vitest';
import { searched } from './chosen-criterion';

test('what is searched for is part of whom is meant', () => {
  expect(searched('', undefined)).toBe('all');
  expect(searched('idle >= 90d', undefined)).toBe('idle >= 90d');
  expect(searched('', 'a"b')).toBe('(username ~ "a\\"b" OR name ~ "a\\"b" OR email ~ "a\\"b")');
  expect(searched('seat = true OR idle >= 90d', 'mira')).toBe('(seat = true OR idle >= 90d) AND (username ~ "mira" OR name ~ "mira" OR email ~ "mira")');
});
