import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CriterionText } from './criterion-text';

const FIELDS = ['group', 'groups', 'directGroup'];
const applied = vi.fn();

beforeEach(() => {
  // Not in jsdom.
  Element.prototype.scrollIntoView = () => undefined;
  vi.stubGlobal(
    'fetch',
    vi.fn(async (request: Request) => {
      const { criterion, at } = (await request.json()) as { criterion: string; at: number };
      const start = criterion.lastIndexOf(' ', at - 1) + 1;
      const proposals = FIELDS.filter((field) => field.toLowerCase().includes(criterion.slice(start, at))).map((text) => ({ text, kind: 'field' }));
      return new Response(JSON.stringify({ replaces: { start, end: at }, proposals }), { headers: { 'content-type': 'application/json' } });
    }),
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  applied.mockReset();
});

function Held({ wrong }: { wrong?: { start: number; end: number } }) {
  const [text, setText] = useState('');
  return (
    <QueryClientProvider client={new QueryClient()}>
      <label htmlFor="who">Who</label>
      <CriterionText control={{ id: 'who' }} site="wiki" value={text} onChange={setText} onApply={applied} wrong={wrong} />
    </QueryClientProvider>
  );
}

const area = () => screen.getByLabelText<HTMLTextAreaElement>('Who');

async function write(text: string) {
  fireEvent.change(area(), { target: { value: text } });
  return screen.findAllByRole('option');
}

const active = () => document.getElementById(area().getAttribute('aria-activedescendant') ?? '')?.textContent;

test('the arrows go through the proposals, round and round, and Enter takes one', async () => {
  render(<Held />);
  expect((await write('seat = true AND gro')).map((option) => option.textContent)).toEqual(FIELDS);
  expect(active()).toBeUndefined();
  fireEvent.keyDown(area(), { key: 'ArrowDown' });
  fireEvent.keyDown(area(), { key: 'ArrowDown' });
  expect(active()).toBe('groups');
  fireEvent.keyDown(area(), { key: 'ArrowUp' });
  fireEvent.keyDown(area(), { key: 'ArrowUp' });
  expect(active()).toBe('directGroup');
  fireEvent.keyDown(area(), { key: 'Enter' });
  expect(area().value).toBe('seat = true AND directGroup ');
  expect(applied).not.toHaveBeenCalled();
});

test('without a choice Enter hands the criterion over; Escape closes the proposals first', async () => {
  render(<Held />);
  await write('gro');
  fireEvent.keyDown(area(), { key: 'Escape' });
  expect(screen.queryByRole('listbox')).toBeNull();
  fireEvent.keyDown(area(), { key: 'Enter' });
  expect(applied).toHaveBeenCalledTimes(1);
  expect(area().value).toBe('gro');
});

test('a mistake is underlined at its place, in units of UTF-16, also at the end of the text', () => {
  const { container, rerender } = render(<Held wrong={{ start: 8, end: 12 }} />);
  fireEvent.change(area(), { target: { value: 'x = "😀" wron' } });
  const part = () => container.querySelector('[data-wrong-part]')?.textContent;
  expect(part()).toBe(' wro');
  rerender(<Held wrong={{ start: 99, end: 99 }} />);
  expect(part()?.trim()).toBe('');
});
