// Saves what others may save at the same time. What was loaded has a tag; saving sends it, and when somebody else was faster (412) the
// page is told with both versions, and decides.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Tagged } from './client';
import { Problem, asProblem } from './problems';

export interface Conflict<T, Change> {
  theirs: Tagged<T>;
  /** What was to be saved. */
  mine: Change;
}

export interface Saving<T, Change> {
  /** Saves a change of what had this tag; whether it is saved. */
  save: (change: Change, tag: string) => Promise<boolean>;
  isSaving: boolean;
  /** Why the last try failed; not set for the conflict itself. */
  problem: Problem | undefined;
  /** Somebody else changed it meanwhile. */
  conflict: Conflict<T, Change> | undefined;
  /** Saves mine over theirs. */
  overwrite: () => Promise<boolean>;
  /** Leaves theirs as it is and closes the question. */
  yield: () => void;
}

export interface Ways<T, Change> {
  load: (signal: AbortSignal) => Promise<Tagged<T>>;
  save: (change: Change, tag: string) => Promise<Tagged<T>>;
  onSaved?: (saved: Tagged<T>) => unknown;
  /** Theirs is left as it is. */
  onYield?: (theirs: Tagged<T>) => void;
}

export function useSaving<T, Change>(ways: Ways<T, Change>): Saving<T, Change> {
  const [conflict, setConflict] = useState<Conflict<T, Change>>();
  const saving = useMutation<Tagged<T>, Problem, { change: Change; tag: string }>({
    mutationFn: async ({ change, tag }) => {
      try {
        return await ways.save(change, tag);
      } catch (thrown) {
        throw asProblem(thrown);
      }
    },
  });

  async function save(change: Change, tag: string): Promise<boolean> {
    try {
      const saved = await saving.mutateAsync({ change, tag });
      setConflict(undefined);
      await ways.onSaved?.(saved);
      return true;
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'precondition-failed') {
        try {
          const theirs = await ways.load(new AbortController().signal);
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
    save,
    isSaving: saving.isPending,
    problem: saving.error ?? undefined,
    conflict,
    overwrite: async () => (conflict ? save(conflict.mine, conflict.theirs.tag) : false),
    yield: () => {
      if (conflict) ways.onYield?.(conflict.theirs);
      saving.reset();
      setConflict(undefined);
    },
  };
}
