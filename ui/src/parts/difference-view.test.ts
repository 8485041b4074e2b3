import { expect, test } from 'vitest';
import { difference } from './difference-view';

const shown = (before: string, now: string) => difference(before, now).map(({ mark, text }) => mark + text);

test('lines that stay, go and come', () => {
  expect(shown('a\nb\nc', 'a\nx\nc\nd')).toEqual([' a', '-b', '+x', ' c', '+d']);
  expect(shown('a', 'a')).toEqual([' a']);
  expect(shown('a\nb', 'b\na')).toEqual(['-a', ' b', '+a']);
});

test('each side can be read out of it again', () => {
  const before = 'name: a\nsites:\n  - wiki\nmode: test\nselect: all';
  const now = 'name: a\nmode: live\nsites:\n  - wiki\n  - docs\nselect: all';
  const lines = difference(before, now);
  const side = (mark: string) => lines.filter((line) => line.mark === ' ' || line.mark === mark).map((line) => line.text).join('\n');
  expect([side('-'), side('+')]).toEqual([before, now]);
});
