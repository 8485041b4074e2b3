import { QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { expect, test } from 'vitest';
import { Problem } from './problems';
import { newQueryClient } from './queries';
import { useEdit } from './use-edit';

const faster = () => new Problem({ status: 412, code: 'precondition-failed', title: 'It was changed meanwhile', detail: '', errors: [] });

function served() {
  const server = { value: 'first', tag: '"1"', isBroken: false };
  const client = newQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>;
  const hook = renderHook(
    () =>
      useEdit<string, string>(['thing'], {
        load: async () => ({ value: server.value, tag: server.tag }),
        save: async (change, tag) => {
          if (server.isBroken) throw new Problem({ status: 500, code: 'internal', title: 'It broke', detail: '', errors: [] });
          if (tag !== server.tag) throw faster();
          Object.assign(server, { value: change, tag: `"${change}"` });
          return { value: server.value, tag: server.tag };
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

test('where saving over it fails too, that is told, and the question stays', async () => {
  const { server, hook } = served();
  await waitFor(() => expect(hook.result.current.current).toBeDefined());
  Object.assign(server, { value: 'by another', tag: '"2"' });
  await act(async () => void (await hook.result.current.save('mine')));
  server.isBroken = true;
  await act(async () => expect(await hook.result.current.overwrite()).toBe(false));
  await waitFor(() => expect(hook.result.current.problem?.code).toBe('internal'));
  expect(hook.result.current.conflict?.mine).toBe('mine');
  expect(server.value).toBe('by another');
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
