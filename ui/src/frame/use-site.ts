// Which site the pages show: in the address as `?site=`, and remembered in this browser for addresses without it.
import { useSearchParams } from 'react-router';
import { type Site, useSites } from '@/api/use-sites';

const KEY = 'rollcall.site';

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export interface ChosenSite {
  /** The site for pages that show exactly one; `undefined` while loading or where there is none. */
  site: string | undefined;
  /** What the address says: one site, or all of them; for pages that list across sites. */
  filter: string | undefined;
  sites: readonly Site[];
  isLoading: boolean;
  choose: (site: string | undefined) => void;
}

export function useSite(): ChosenSite {
  const [params, setParams] = useSearchParams();
  const { data: sites = [], isPending } = useSites();
  const filter = params.get('site') ?? undefined;
  const known = (name: string | null | undefined) => sites.find((site) => site.name === name)?.name;
  return {
    // A site in the address that is not there is asked for all the same: the answer says so.
    site: filter ?? known(remembered()) ?? sites[0]?.name,
    filter,
    sites,
    isLoading: isPending,
    choose: (site) => {
      try {
        if (site) localStorage.setItem(KEY, site);
      } catch {
        // Then it is only in the address.
      }
      setParams((before) => {
        const now = new URLSearchParams(before);
        if (site) now.set('site', site);
        else now.delete('site');
        // A cursor or a page belongs to the list of the site before.
        now.delete('cursor');
        return now;
      });
    },
  };
}
