import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { MailHtml } from './mail-html';

const shown = (html: string): HTMLElement => {
  const { container } = render(<MailHtml html={html} label="Mail" />);
  return container.firstElementChild as HTMLElement;
};

test('what looks is shown as it looks', () => {
  const mail = shown('<table style="padding: 8px; color: #172b4d"><tr><td colspan="2">Hello <b>you</b></td></tr></table>');
  expect(mail.textContent).toBe('Hello you');
  const table = mail.querySelector('table');
  expect(table?.style.padding).toBe('8px');
  expect(table?.style.color).toBe('rgb(23, 43, 77)');
  expect(mail.querySelector('td')?.colSpan).toBe(2);
});

test('nothing that does something is built', () => {
  const mail = shown(
    '<script>alert(1)</script><style>p{}</style><img src=x onerror=alert(1)><a href="javascript:alert(1)" onclick="alert(1)">go</a><iframe src="//x"></iframe><form action="/api"><input></form><svg onload=alert(1)><text>in</text></svg>',
  );
  expect(mail.querySelectorAll('script,style,img,a,iframe,form,input,svg')).toHaveLength(0);
  expect(mail.textContent).toBe('go');
  expect(mail.innerHTML).not.toMatch(/onclick|href|src/);
});

test('looks that ask for something or leave the frame are left out', () => {
  const mail = shown('<p style="background: url(https://evil.test/x); position: fixed; margin: -99px; color: red">x</p>');
  const style = mail.querySelector('p')?.getAttribute('style');
  expect(style).toBe('color: red;');
});

test('text that speaks of style stays as it is, and characters that hide are shown', () => {
  expect(shown('<p>a style = b \u202Ec</p>').textContent).toBe('a style = b [U+202E]c');
});
