import { act, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { MemoryRouter, useLocation } from 'react-router';
import { expect, test } from 'vitest';
import { useAddress } from './use-address';

test('several parameters set at once all stand in the address', () => {
  const { result } = renderHook(
    () => {
      const [, setSearch] = useAddress('search');
      const [, setOutcome] = useAddress('outcome');
      return { setSearch, setOutcome, address: useLocation().search };
    },
    { wrapper: ({ children }: { children: ReactNode }) => <MemoryRouter initialEntries={['/runs?search=mira&outcome=done&site=wiki']}>{children}</MemoryRouter> },
  );
  act(() => {
    result.current.setSearch(undefined);
    result.current.setOutcome('failed');
  });
  expect(result.current.address).toBe('?outcome=failed&site=wiki');
  act(() => result.current.setSearch('theo'));
  expect(result.current.address).toBe('?outcome=failed&site=wiki&search=theo');
});
