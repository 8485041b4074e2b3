import { expect, test } from 'vitest';
import { asValue, inWords } from './values';

test('lengths and instants are shown in words, with what is written', () => {
  expect(inWords('period', '90d')).toBe('90 days (90d)');
  expect(inWords('event', '-1y')).toBe('1 year ago (-1y)');
  expect(inWords('text', '90d')).toBe('90d');
  expect(inWords('flag', 'true')).toBe('yes');
});

test('what is typed becomes a value, or is not taken', () => {
  expect(asValue('period', ' 90 ')).toBe('90d');
  expect(asValue('period', '6M')).toBe('6M');
  expect(asValue('period', 'long')).toBeUndefined();
  expect(asValue('event', '30')).toBe('-30d');
  expect(asValue('event', '12w')).toBe('-12w');
  expect(asValue('instant', '2026-11-22')).toBe('2026-11-22');
  expect(asValue('instant', 'yesterday')).toBeUndefined();
  expect(asValue('number', '3')).toBe('3');
  expect(asValue('number', '-3')).toBeUndefined();
  expect(asValue('text', '  x ')).toBe('x');
  expect(asValue('choice', 'on')).toBeUndefined();
});
