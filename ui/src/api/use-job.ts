// A job, from the 202 that took it to its end.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from './client';
import { type Problem, asProblem } from './problems';

export type Job = Schemas['Job'];

/** A job that was over when it was asked for is not asked for again. */
export const isOver = (job: Job): boolean => job.finishedAt !== null && job.finishedAt !== undefined;

export function useJob(id: string | undefined, first?: Job): { job: Job | undefined; problem: Problem | undefined } {
  const query = useQuery({
    queryKey: ['job', id],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/jobs/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
    ...(first ? { initialData: first, initialDataUpdatedAt: 0 } : {}),
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : 1000),
  });
  return { job: query.data, problem: query.error ? asProblem(query.error) : undefined };
}
