// What a site says of itself: when it was read last, or, newer, when it was tested from this window.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';
import { Problem } from '@/api/problems';

export interface Known {
  profile: Schemas['Profile'];
  at: string;
}

export const profileKey = (site: string) => ['profile', site] as const;

/** `null`: it was never read. */
export function useProfile(site: string) {
  return useQuery({
    queryKey: profileKey(site),
    queryFn: async ({ signal }): Promise<Known | null> => {
      try {
        return await answerOf(api.GET('/api/v1/sites/{site}/profile', { params: { path: { site } }, signal }));
      } catch (thrown) {
        if (thrown instanceof Problem && thrown.code === 'not-found') return null;
        throw thrown;
      }
    },
    staleTime: 5 * 60_000,
  });
}
