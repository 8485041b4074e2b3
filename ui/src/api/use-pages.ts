// A list of the API, page by page. Pages that were seen are kept, so that going back is immediate.
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Problem, asProblem } from './problems';

export interface Listed<T> {
  items: T[];
  next?: string | null | undefined;
  total?: number | null | undefined;
}

export interface Pages<T> {
  /** Rows of the page that is shown; `undefined` until the first answer. */
  rows: readonly T[] | undefined;
  total: number | undefined;
  /** Number of the first row, from 1. */
  first: number;
  hasPrevious: boolean;
  hasNext: boolean;
  previous: () => void;
  next: () => void;
  /** Another page or another filter is under way; the rows are still those before. */
  isTurning: boolean;
  problem: Problem | undefined;
  retry: () => void;
}

export interface PagesOptions {
  isWanted?: boolean;
  refetchEvery?: number;
}

/** `key` names the list and everything that filters or sorts it; with another key the list begins anew. */
export function usePages<T, Page extends Listed<T> = Listed<T>>(
  key: readonly unknown[],
  ask: (cursor: string | undefined, signal: AbortSignal) => Promise<Page & Listed<T>>,
  { isWanted = true, refetchEvery }: PagesOptions = {},
): Pages<T> & { page: Page | undefined } {
  const name = JSON.stringify(key);
  const [at, setAt] = useState({ name, index: 0 });
  const index = at.name === name ? at.index : 0;
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => ask(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: isWanted,
    placeholderData: keepPreviousData,
    ...(refetchEvery === undefined ? {} : { refetchInterval: refetchEvery }),
  });
  const pages = query.data?.pages ?? [];
  const shown = query.isPlaceholderData ? 0 : Math.min(index, Math.max(0, pages.length - 1));
  const page = pages[shown];
  useEffect(() => {
    if (index > 0 && !query.isFetching && pages.length > 0 && index >= pages.length) setAt({ name, index: pages.length - 1 });
  }, [index, name, pages.length, query.isFetching]);
  const first = 1 + pages.slice(0, shown).reduce((sum, before) => sum + before.items.length, 0);
  return {
    page,
    rows: page?.items,
    total: page?.total ?? undefined,
    first,
    hasPrevious: shown > 0,
    hasNext: page !== undefined && (page.next ?? undefined) !== undefined,
    previous: () => setAt({ name, index: Math.max(0, shown - 1) }),
    next: () => {
      if (shown + 1 < pages.length) setAt({ name, index: shown + 1 });
      else void query.fetchNextPage().then((answer) => answer.isSuccess && setAt({ name, index: shown + 1 }));
    },
    isTurning: query.isFetchingNextPage || query.isPlaceholderData,
    problem: query.error && (page === undefined || query.isFetchNextPageError) ? asProblem(query.error) : undefined,
    retry: () => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch()),
  };
}
