// Which rows are chosen: some by their keys, or everything that a filter selects.
import { useMemo, useState } from 'react';

export interface Selection {
  keys: ReadonlySet<string>;
  /** All that the filter selects, also what no page showed. */
  isEverything: boolean;
  has: (key: string) => boolean;
  toggle: (key: string) => void;
  /** All of a page, or none of it. */
  togglePage: (keys: readonly string[]) => void;
  everything: () => void;
  clear: () => void;
}

/** `scope` names the filter; under another one nothing is chosen. */
export function useSelection(scope: string): Selection {
  const [held, setHeld] = useState({ scope, keys: new Set<string>() as ReadonlySet<string>, isEverything: false });
  const now = held.scope === scope ? held : { scope, keys: new Set<string>() as ReadonlySet<string>, isEverything: false };
  return useMemo(() => {
    const set = (keys: ReadonlySet<string>, isEverything = false) => setHeld({ scope, keys, isEverything });
    return {
      keys: now.keys,
      isEverything: now.isEverything,
      has: (key) => now.isEverything || now.keys.has(key),
      toggle: (key) => {
        const keys = new Set(now.keys);
        if (!keys.delete(key)) keys.add(key);
        set(keys);
      },
      togglePage: (page) => {
        const keys = new Set(now.keys);
        const isWhole = page.every((key) => keys.has(key));
        for (const key of page) {
          if (isWhole) keys.delete(key);
          else keys.add(key);
        }
        set(keys);
      },
      everything: () => set(new Set(), true),
      clear: () => set(new Set()),
    };
  }, [now.keys, now.isEverything, scope]);
}
