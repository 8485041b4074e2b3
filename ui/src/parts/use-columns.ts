// Which columns somebody wants to see of a table; remembered in this browser.
import { useState } from 'react';

export function useColumns(name: string | undefined, standard: readonly string[]): [readonly string[], (shown: readonly string[]) => void] {
  const place = `rollcall.columns.${name}`;
  const [shown, setShown] = useState<readonly string[]>(() => {
    if (name === undefined) return standard;
    try {
      const found: unknown = JSON.parse(localStorage.getItem(place) ?? 'null');
      return Array.isArray(found) && found.every((id) => typeof id === 'string') ? found : standard;
    } catch {
      return standard;
    }
  });
  return [
    shown,
    (next) => {
      setShown(next);
      try {
        localStorage.setItem(place, JSON.stringify(next));
      } catch {
        // Then only until the page is closed.
      }
    },
  ];
}
