import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { Problem } from './problems';
import { newQueryClient } from './queries';
import { usePages } from './use-pages';

/** A list of so many rows, two on a page; what was asked for stands in `asked`. */
function listOf(length: number) {
  const list = { length, asked: [] as string[], isDown: false };
  const ask = async (cursor: string | undefined) => {
    list.asked.push(cursor ?? 'begin');
    if (list.isDown) throw new Problem({ title: 'Down', status: 500, detail: 'it is down', code: 'internal', errors: [] });
    const from = Number(cursor ?? 0);
    const items = Array.from({ length: Math.max(0, Math.min(2, list.length - from)) }, (_, at) => from + at);
    return { items, next: from + 2 < list.length ? String(from + 2) : null, total: list.length };
  };
  return { list, ask };
}

function shown(ask: ReturnType<typeof listOf>['ask'], client: QueryClient = newQueryClient()) {
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const { result, rerender } = renderHook(({ of }) => usePages(['list', of], ask), { wrapper, initialProps: { of: 'all' } });
  return { client, pages: () => result.current, rerender };
}

async function walkTo(pages: () => ReturnType<typeof usePages>, first: number) {
  for (let at = 1; at < first; at += 2) {
    await waitFor(() => expect(pages().first).toBe(at));
    await waitFor(() => expect(pages().rows).toBeDefined());
    act(() => pages().next());
  }
  await waitFor(() => expect(pages().first).toBe(first));
}

test('however many pages were seen, only the one that is shown is asked for again', async () => {
  const { list, ask } = listOf(9);
  const { client, pages } = shown(ask);
  await walkTo(pages, 7);
  expect(list.asked).toEqual(['begin', '2', '4', '6']);
  await act(() => client.invalidateQueries({ queryKey: ['list'] }));
  expect(list.asked).toEqual(['begin', '2', '4', '6', '6']);
  expect(pages().rows).toEqual([6, 7]);
});

test('a page that cannot be had leaves the one before, and can be asked for again', async () => {
  const { list, ask } = listOf(4);
  const { pages } = shown(ask);
  await waitFor(() => expect(pages().rows).toEqual([0, 1]));
  list.isDown = true;
  act(() => pages().next());
  await waitFor(() => expect(pages().problem?.detail).toBe('it is down'));
  expect(pages().rows).toEqual([0, 1]);
  list.isDown = false;
  act(() => pages().retry());
  await waitFor(() => expect(pages().rows).toEqual([2, 3]));
  expect(pages().problem).toBeUndefined();
});

test('a page that has become empty leads to the one before', async () => {
  const { list, ask } = listOf(5);
  const { client, pages } = shown(ask);
  await walkTo(pages, 5);
  list.length = 4;
  await act(() => client.invalidateQueries({ queryKey: ['list'] }));
  await waitFor(() => expect(pages().rows).toEqual([2, 3]));
  expect(pages().hasPrevious).toBe(true);
});

test('another list begins at its beginning, also while a page of the one before is under way', async () => {
  const { ask } = listOf(6);
  const { pages, rerender } = shown(ask);
  await walkTo(pages, 3);
  act(() => pages().next());
  rerender({ of: 'some' });
  await waitFor(() => expect(pages().isTurning).toBe(false));
  expect([pages().first, pages().hasPrevious]).toEqual([1, false]);
});
