import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { HostileText, pieces, plain } from './hostile-text';

test('markup is text', () => {
  render(<HostileText text={'<img src=x onerror="alert(1)">'} />);
  expect(screen.getByText('<img src=x onerror="alert(1)">').tagName).toBe('BDI');
  expect(document.querySelector('img')).toBeNull();
});

test('what would not be seen is seen', () => {
  expect(plain('a\u202Eb\u0000c\u200Bd\n')).toBe('a[U+202E]b[U+0000]c[U+200B]d[U+000A]');
  expect(plain('\u{E0041}\uD800')).toBe('[U+E0041][U+D800]');
  render(<HostileText text={'admin\u202Enimda'} />);
  expect(document.body.textContent).toBe('adminU+202Enimda');
});

test('letters of every script stay as they are', () => {
  for (const name of ['José Ñandú', 'משה כהן', 'محمد', '李小龙', '👩‍👩‍👧', 'अनिल']) {
    expect(pieces(name).map((piece) => piece.text).join('')).toBe(name);
  }
});
