// Loads what somebody edits on a page, and saves it.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Tagged } from './client';
import { type Problem, asProblem } from './problems';
import { type Saving, type Ways, useSaving } from './use-saving';

export interface Edit<T, Change> extends Omit<Saving<T, Change>, 'save'> {
  /** What was loaded last. */
  current: Tagged<T> | undefined;
  isLoading: boolean;
  loadProblem: Problem | undefined;
  reload: () => void;
  save: (change: Change) => Promise<boolean>;
}

export function useEdit<T, Change>(key: readonly unknown[], ways: Omit<Ways<T, Change>, 'onYield'> & { isWanted?: boolean }): Edit<T, Change> {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ways.load(signal),
    enabled: ways.isWanted ?? true,
    // What somebody is editing does not change under their hands; saving finds out.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  });
  const saving = useSaving<T, Change>({
    load: ways.load,
    save: ways.save,
    onSaved: (saved) => {
      client.setQueryData(key, saved);
      return ways.onSaved?.(saved);
    },
    // The form decides what of it to show.
    onYield: (theirs) => client.setQueryData(key, theirs),
  });
  return {
    ...saving,
    current: query.data,
    isLoading: query.isPending,
    loadProblem: query.error && query.data === undefined ? asProblem(query.error) : undefined,
    reload: () => void query.refetch(),
    save: (change) => saving.save(change, query.data?.tag ?? '*'),
  };
}
