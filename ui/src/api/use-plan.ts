// One plan, whole.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from './client';

export type PlanDetail = Schemas['PlanDetail'];

export const planKey = (id: string) => ['plan', id] as const;

/** Somebody else may decide meanwhile, and a plan expires by itself. */
const LOOK_AGAIN: Record<string, number> = { awaiting: 5_000, ready: 15_000 };

export function usePlan(id: string) {
  return useQuery({
    queryKey: planKey(id),
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/plans/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => LOOK_AGAIN[state.data?.state ?? ''] ?? false,
  });
}
