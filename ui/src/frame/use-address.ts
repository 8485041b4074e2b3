// What a page shows stands in its address, so that it can be sent to somebody: filter, sort, tab.
import { useSearchParams } from 'react-router';

/** What was set just now and does not stand in the address yet: several parameters may be set at once. */
let pending: { from: string; now: URLSearchParams } | undefined;

/** One parameter of the address. `undefined` or an empty text takes it away. */
export function useAddress(name: string): [string | undefined, (value: string | undefined) => void] {
  const [params, setParams] = useSearchParams();
  return [
    params.get(name) ?? undefined,
    (value) =>
      setParams(
        (before) => {
          const from = before.toString();
          const now = new URLSearchParams(pending?.from === from ? pending.now : before);
          if (value) now.set(name, value);
          else now.delete(name);
          const set = { from, now };
          pending = set;
          setTimeout(() => {
            if (pending === set) pending = undefined;
          });
          return now;
        },
        // Going back leads to the page before, not through every letter of a search.
        { replace: true },
      ),
  ];
}
