import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Instant, inWords } from './instant';

const now = new Date('2026-11-26T12:00:00Z');

test.each([
  ['2026-11-26T11:59:40Z', 'just now'],
  ['2026-11-26T11:00:00Z', '1 hour ago'],
  ['2026-11-25T11:00:00Z', 'yesterday'],
  ['2026-11-23T11:00:00Z', '3 days ago'],
  ['2026-11-26T14:00:00Z', 'in 2 hours'],
  ['2024-11-26T12:00:00Z', '2 years ago'],
])('%s is %s', (at, words) => expect(inWords(new Date(at), now)).toBe(words));

test('the exact instant is there on hover and for screen readers', () => {
  const { container } = render(<Instant at="2026-11-20T08:30:00Z" />);
  const time = container.querySelector('time');
  expect(time?.getAttribute('datetime')).toBe('2026-11-20T08:30:00Z');
  expect(time?.title).toContain('2026-11-20T08:30:00Z');
  expect(time?.textContent).toContain('2026');
});

test('none is said in words', () => {
  const { container } = render(<Instant at={null} none="never" />);
  expect(container.textContent).toBe('never');
});
