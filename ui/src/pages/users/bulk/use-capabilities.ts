// What a site can do at its version, and why not the rest.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';
import { newKey } from '@/api/idempotency';
import { asProblem } from '@/api/problems';

export function useCapabilities(site: string) {
  const query = useQuery({
    queryKey: ['capabilities', site],
    queryFn: ({ signal }) => answerOf(api.POST('/api/v1/sites/{site}/test', { params: { path: { site }, header: { 'idempotency-key': newKey() } }, signal })),
    staleTime: 10 * 60_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const found = (kind: string): Schemas['Capability'] | undefined => query.data?.capabilities.find((one) => one.action === kind);
  return { profile: query.data, isPending: query.isPending, problem: query.error ? asProblem(query.error) : undefined, of: found };
}
