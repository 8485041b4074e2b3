// What the server says of a criterion while it is being written: whether it can be read, whom it selects in words, how many, and some of
// them. Each answer belongs to the text it was asked for; that of another text is never shown.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';
import { type Place, type Problem, asProblem } from '@/api/problems';
import { useDebounced } from './use-debounced';

export interface Findings {
  /** The criterion is empty, or only spaces. */
  isEmpty: boolean;
  /** Nothing of what follows belongs to the text yet. */
  isWaiting: boolean;
  /** There is a site on which it is counted. */
  hasSite: boolean;
  /** What is wrong with the text, and where. */
  wrong: Place | undefined;
  /** Why nothing could be found out. */
  problem: Problem | undefined;
  description: string | undefined;
  canonical: string | undefined;
  /** How many it selects; `undefined` while that is counted. */
  total: number | undefined;
  /** How many more cannot be decided. */
  unknown: number;
  sample: readonly Schemas['AccountRow'][];
  snapshotTakenAt: string | undefined;
}

const SAMPLE = 5;

export function useFindings(site: string | undefined, text: string): Findings {
  const settled = useDebounced(text, 250);
  const isEmpty = settled.trim() === '';
  const check = useQuery({
    queryKey: ['criterion', 'check', site, settled],
    queryFn: ({ signal }) => answerOf(api.POST('/api/v1/criteria/check', { body: { criterion: settled, ...(site ? { site } : {}) }, signal })),
    enabled: !isEmpty,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
  const matches = useQuery({
    queryKey: ['criterion', 'matches', site, settled],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/sites/{site}/accounts', {
          params: { path: { site: site ?? '' }, query: { limit: SAMPLE, fields: 'username,name,email,status,lastActive', ...(isEmpty ? {} : { criterion: settled }) } },
          signal,
        }),
      ),
    enabled: site !== undefined && (isEmpty || check.isSuccess),
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
  const isCurrent = settled === text;
  const checkProblem = check.error ? asProblem(check.error) : undefined;
  const countProblem = matches.error ? asProblem(matches.error) : undefined;
  const wrong = checkProblem?.code === 'bad-criterion' ? checkProblem.places[0] : undefined;
  const found = isCurrent && (isEmpty || check.isSuccess) ? matches.data : undefined;
  return {
    isEmpty: text.trim() === '',
    hasSite: site !== undefined,
    isWaiting: !isCurrent || (!isEmpty && check.isPending) || (site !== undefined && (isEmpty || check.isSuccess) && matches.isPending),
    wrong: isCurrent ? wrong : undefined,
    problem: isCurrent ? (wrong ? undefined : (checkProblem ?? countProblem)) : undefined,
    description: isCurrent ? check.data?.description : undefined,
    canonical: isCurrent ? check.data?.canonical : undefined,
    total: found?.total,
    unknown: found?.unknown ?? 0,
    sample: found?.items ?? [],
    snapshotTakenAt: found?.snapshotTakenAt,
  };
}
