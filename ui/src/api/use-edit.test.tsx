import { QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { Problem } from './problems';
import { newQueryClient } from './queries';
import { useEdit } from './use-edit';

const faster = () => new Problem({ status: 412, code: 'precondition-failed', title: 'It was changed meanwhile', detail: '', errors: [] });

function served() {
  const server = { value: 'first', tag: '"1"' };
  const client = newQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const hook = renderHook(
    () =>
      useEdit<string, string>(['thing'], {
        load: async () => ({ ...server }),
        save: async (change, tag) => {
          if (tag !== server.tag) throw faster();
          Object.assign(server, { value: change, tag: `"${change}"` });
          return { ...server };
        },
      }),
    { wrapper },
  );
  return { server, hook };
}

test('whoever was slower sees both versions, and may save theirs over it', async () => {
  const { server, hook } = served();
  await waitFor(() => expect(hook.result.current.current?.value).toBe('first'));
  Object.assign(server, { value: 'by another', tag: '"2"' });
  await act(async () => expect(await hook.result.current.save('mine')).toBe(false));
  await waitFor(() => expect(hook.result.current.conflict).toEqual({ theirs: { value: 'by another', tag: '"2"' }, mine: 'mine' }));
  expect(hook.result.current.problem).toBeUndefined();
  expect(server.value).toBe('by another');
  await act(async () => expect(await hook.result.current.overwrite()).toBe(true));
  expect(server.value).toBe('mine');
  await waitFor(() => expect(hook.result.current.conflict).toBeUndefined());
});

test('or leaves theirs, and goes on from there', async () => {
  const { server, hook } = served();
  await waitFor(() => expect(hook.result.current.current).toBeDefined());
  Object.assign(server, { value: 'by another', tag: '"2"' });
  await act(async () => void (await hook.result.current.save('mine')));
  act(() => hook.result.current.yield());
  await waitFor(() => expect(hook.result.current.current?.value).toBe('by another'));
  await act(async () => expect(await hook.result.current.save('mine after all')).toBe(true));
  expect(server.value).toBe('mine after all');
});
