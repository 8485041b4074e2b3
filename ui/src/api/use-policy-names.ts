import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from './client';

/** Names of the policies, for choosers. */
export function usePolicyNames(): readonly string[] {
  const { data } = useQuery({
    queryKey: ['policies', 'names'],
    queryFn: async ({ signal }) => {
      const page = await answerOf(api.GET('/api/v1/policies', { params: { query: { limit: 500 } }, signal }));
      return page.items.map((policy) => policy.name);
    },
    staleTime: 60_000,
  });
  return data ?? [];
}
