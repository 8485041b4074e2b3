// The short messages that are shown now. Anyone raises one: `raiseFlag({ kind: 'done', title: 'Policy saved' })`.
import { useSyncExternalStore } from 'react';

export interface FlagWords {
  kind: 'done' | 'told' | 'failed';
  title: string;
  description?: string;
  actions?: { content: string; onClick?: () => void; href?: string }[];
}

export type Raised = FlagWords & { id: number };

let raised: readonly Raised[] = [];
let last = 0;
const listeners = new Set<() => void>();

export function changeFlags(next: readonly Raised[]): void {
  raised = next;
  for (const tell of listeners) tell();
}

export function raiseFlag(words: FlagWords): void {
  last += 1;
  changeFlags([{ ...words, id: last }, ...raised].slice(0, 5));
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export const useFlags = (): readonly Raised[] => useSyncExternalStore(listen, () => raised);

/** Whether there ever was one: before that nothing of them needs to be loaded. */
export const useHasFlags = (): boolean => useSyncExternalStore(listen, () => last > 0);
