import { expect, test } from 'vitest';
import { pathAfter } from './path-after';

test.each([
  [null, '/'],
  ['', '/'],
  ['/users?site=wiki#a', '/users?site=wiki#a'],
  ['//evil.example/x', '/'],
  ['/\\evil.example/x', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['/.//evil.example', '/'],
  ['/sign-in?return=/x', '/'],
])('%s leads to %s', (wanted, path) => {
  expect(pathAfter(wanted)).toBe(path);
});
