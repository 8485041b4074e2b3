// Rows chosen one by one, as they are carried from the list to the wizard: by key, since one name may stand in two directories. They are
// kept with the entry of the history: so many do not fit into an address, and a page that is loaded again still has them.
import { useLocation } from 'react-router';

/** So many the API takes. */
export const MOST_CHOSEN = 10_000;

export interface Chosen {
  key: string;
  username: string;
  name: string | undefined;
}

export interface Carried {
  chosen: readonly Chosen[];
}

/** What an entry of the history carries; somebody else's is nothing. */
export function chosenIn(state: unknown): readonly Chosen[] {
  const { chosen } = (typeof state === 'object' && state !== null ? state : {}) as { chosen?: unknown };
  if (!Array.isArray(chosen)) return [];
  return chosen.filter((one): one is Chosen => typeof one === 'object' && one !== null && typeof one.key === 'string' && typeof one.username === 'string');
}

export const useChosen = (): readonly Chosen[] => chosenIn(useLocation().state);
