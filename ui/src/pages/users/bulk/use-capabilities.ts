// What a site can do at its version, and why not the rest: as it said when it was read.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';

export function useCapabilities(site: string) {
  const query = useQuery({
    queryKey: ['profile', site],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/sites/{site}/profile', { params: { path: { site } }, signal })),
    staleTime: 60_000,
  });
  const profile = query.data?.profile;
  const found = (kind: string): Schemas['Capability'] | undefined => profile?.capabilities.find((one) => one.action === kind);
  return { profile, isPending: query.isPending, problem: query.error ? asProblem(query.error) : undefined, of: found };
}
