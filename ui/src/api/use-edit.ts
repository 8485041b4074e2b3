// Editing what others may edit at the same time. What was loaded has a tag; saving sends it, and when somebody else was faster (412) the
// page is told with both versions, and decides.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Tagged } from './client';
import { Problem, asProblem } from './problems';

export interface Edit<T, Change> {
  /** What was loaded last. */
  current: Tagged<T> | undefined;
  isLoading: boolean;
  loadProblem: Problem | undefined;
  reload: () => void;
  save: (change: Change) => Promise<boolean>;
  isSaving: boolean;
  /** Why saving failed; not set while `conflict` is. */
  problem: Problem | undefined;
  /** Somebody else changed it meanwhile: theirs, and what was to be saved. */
  conflict: { theirs: Tagged<T>; mine: Change } | undefined;
  /** Saves mine over theirs. */
  overwrite: () => Promise<boolean>;
  /** Leaves theirs as it is and closes the question; the form decides what of it to show. */
  yield: () => void;
}

export function useEdit<T, Change>(
  key: readonly unknown[],
  ask: {
    load: (signal: AbortSignal) => Promise<Tagged<T>>;
    save: (change: Change, tag: string) => Promise<Tagged<T>>;
    onSaved?: (saved: Tagged<T>) => unknown;
    isWanted?: boolean;
  },
): Edit<T, Change> {
  const client = useQueryClient();
  const [conflict, setConflict] = useState<Edit<T, Change>['conflict']>();
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask.load(signal),
    enabled: ask.isWanted ?? true,
    // What somebody is editing does not change under their hands; saving finds out.
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  });
  const saving = useMutation<Tagged<T>, Problem, { change: Change; tag: string }>({
    mutationFn: async ({ change, tag }) => {
      try {
        return await ask.save(change, tag);
      } catch (thrown) {
        throw asProblem(thrown);
      }
    },
  });

  async function send(change: Change, tag: string): Promise<boolean> {
    try {
      const saved = await saving.mutateAsync({ change, tag });
      setConflict(undefined);
      client.setQueryData(key, saved);
      await ask.onSaved?.(saved);
      return true;
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'precondition-failed') {
        try {
          const theirs = await ask.load(new AbortController().signal);
          setConflict({ theirs, mine: change });
          saving.reset();
        } catch {
          // The problem of saving stays shown; it can be tried again.
        }
      }
      return false;
    }
  }

  return {
    current: query.data,
    isLoading: query.isPending,
    loadProblem: query.error && query.data === undefined ? asProblem(query.error) : undefined,
    reload: () => void query.refetch(),
    save: (change) => send(change, query.data?.tag ?? '*'),
    isSaving: saving.isPending,
    problem: saving.error ?? undefined,
    conflict,
    overwrite: async () => (conflict ? send(conflict.mine, conflict.theirs.tag) : false),
    yield: () => {
      if (conflict) client.setQueryData(key, conflict.theirs);
      setConflict(undefined);
    },
  };
}
