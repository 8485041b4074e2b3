// A list of the API, page by page. Each page is a question of its own: pages that were seen are kept, so that going back is immediate,
// and however many were seen, only the one that is shown is asked for again.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
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

/** Where a page begins. */
interface Start {
  cursor: string | undefined;
  first: number;
}

const BEGINNING: readonly Start[] = [{ cursor: undefined, first: 1 }];

/** `key` names the list and everything that filters or sorts it; with another key the list begins anew. */
export function usePages<T, Page extends Listed<T> = Listed<T>>(
  key: readonly unknown[],
  ask: (cursor: string | undefined, signal: AbortSignal) => Promise<Page & Listed<T>>,
  { isWanted = true, refetchEvery }: PagesOptions = {},
): Pages<T> & { page: Page | undefined } {
  const client = useQueryClient();
  const name = JSON.stringify(key);
  const current = useRef(name);
  current.current = name;
  const [walk, setWalk] = useState({ name, steps: BEGINNING });
  const steps = walk.name === name ? walk.steps : BEGINNING;
  const here = steps[steps.length - 1] ?? { cursor: undefined, first: 1 };
  const goTo = (to: readonly Start[]) => setWalk({ name, steps: to });
  const question = (cursor: string | undefined) => ({ queryKey: [...key, { cursor: cursor ?? null }], queryFn: ({ signal }: { signal: AbortSignal }) => ask(cursor, signal) });
  const query = useQuery({ ...question(here.cursor), enabled: isWanted, placeholderData: keepPreviousData, ...(refetchEvery === undefined ? {} : { refetchInterval: refetchEvery }) });
  // The page before stays until the next one is there, and where that fails.
  const turn = useMutation({
    mutationFn: (to: { of: string; steps: readonly Start[]; start: Start }) => client.fetchQuery(question(to.start.cursor)),
    onSuccess: (_, to) => to.of === current.current && setWalk({ name: to.of, steps: [...to.steps, to.start] }),
  });
  const isTurned = turn.variables?.of === name;
  const page = query.data;
  const isEmptied = page?.items.length === 0 && steps.length > 1 && !query.isFetching && !query.isPlaceholderData;
  useEffect(() => {
    if (isEmptied) setWalk({ name, steps: steps.slice(0, -1) });
  }, [isEmptied, name, steps]);
  const isTurning = (isTurned && turn.isPending) || query.isPlaceholderData;
  const failed = isTurned && turn.error ? turn.error : undefined;
  const next = page?.next ?? undefined;
  return {
    page,
    rows: page?.items,
    total: page?.total ?? undefined,
    first: here.first,
    hasPrevious: steps.length > 1,
    hasNext: next !== undefined,
    previous: () => {
      turn.reset();
      if (steps.length > 1) goTo(steps.slice(0, -1));
    },
    next: () => {
      if (page && next !== undefined && !isTurning) turn.mutate({ of: name, steps, start: { cursor: next, first: here.first + page.items.length } });
    },
    isTurning,
    problem: failed ? asProblem(failed) : query.error && page === undefined ? asProblem(query.error) : undefined,
    retry: () => (failed && turn.variables ? turn.mutate(turn.variables) : void query.refetch()),
  };
}
