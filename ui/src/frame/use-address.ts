// What a page shows stands in its address, so that it can be sent to somebody: filter, sort, tab.
import { useSearchParams } from 'react-router';

/** One parameter of the address. `undefined` or an empty text takes it away. */
export function useAddress(name: string): [string | undefined, (value: string | undefined) => void] {
  const [params, setParams] = useSearchParams();
  return [
    params.get(name) ?? undefined,
    (value) =>
      setParams(
        (before) => {
          const now = new URLSearchParams(before);
          if (value) now.set(name, value);
          else now.delete(name);
          return now;
        },
        // Going back leads to the page before, not through every letter of a search.
        { replace: true },
      ),
  ];
}
