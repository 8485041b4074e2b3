import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { KnownValue } from './known-value';

const shown = (value: unknown) => render(<KnownValue value={value} as="date" />).container.textContent;

test('what is not known says so, and is neither never nor nothing', () => {
  expect(shown(null)).toBe('unknown');
  expect(shown(undefined)).toBe('unknown');
  expect(shown('never')).toBe('never');
  expect(shown([])).toBe('none');
  expect(shown(false)).toBe('no');
  expect(shown(0)).toBe('0');
});

test('what is known from one side says from which', () => {
  expect(shown({ atLeast: '90d' })).toBe('at least 90 days');
  expect(shown({ atMost: '1d' })).toBe('at most 1 day');
  expect(shown({ atLeast: '2026-11-22T12:00:00Z' })).toMatch(/2026 or later$/);
  expect(shown({ atMost: '2026-11-22T12:00:00Z' })).toMatch(/2026 or earlier$/);
});

test('names are shown as text, the rest as a number', () => {
  expect(shown(['<b>a</b>', 'b', 'c', 'd', 'e'])).toBe('<b>a</b>bc+2');
});
