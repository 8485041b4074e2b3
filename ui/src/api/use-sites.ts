import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from './client';

export type Site = Schemas['Site'];

/** Every site, for choosers. */
export function useSites() {
  return useQuery({
    queryKey: ['sites', 'all'],
    queryFn: async ({ signal }): Promise<Site[]> => {
      const sites: Site[] = [];
      let cursor: string | undefined;
      do {
        const page = await answerOf(api.GET('/api/v1/sites', { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } }, signal }));
        sites.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      return sites;
    },
    staleTime: 60_000,
  });
}
