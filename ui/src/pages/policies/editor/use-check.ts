// What the server finds wrong with a policy while it is written, each fault with its place in the policy.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Schemas } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { useDebounced } from '@/criterion/use-debounced';
import { type PolicyDocument, sent } from '../document';
import { checkPolicy } from '../policy-answers';

export interface Fault {
  /** JSON pointer into the policy. */
  at: string;
  message: string;
}

export interface Check {
  faults: readonly Fault[];
  /** What does not fit a site: it can be kept, and not be planned. */
  misfits: readonly Schemas['PolicyMisfit'][];
  isPending: boolean;
  problem: Problem | undefined;
}

const WRAPPED = '/policies/0';

/** Faults of a file with one policy, as places in the policy. */
export const placed = (faults: readonly { at: string; message: string }[]): Fault[] =>
  faults.map(({ at, message }) => ({ at: at.startsWith(WRAPPED) ? at.slice(WRAPPED.length) : at, message: shortened(message) }));

/** Of a message with a picture of the text, the first line and the help: the place is shown where it is. */
export function shortened(message: string): string {
  const lines = message.trim().split('\n');
  if (lines.length === 1) return message;
  const first = (lines[0] ?? '').replace(/^error: /, '');
  const help = lines.filter((line) => line.startsWith('help: ')).map((line) => line.slice('help: '.length));
  return [first, ...help].join('; ');
}

export function useCheck(document: PolicyDocument): Check {
  const body = useDebounced(JSON.stringify(sent(document)), 400);
  const { data, error, isFetching } = useQuery({
    queryKey: ['policy-check', body],
    queryFn: ({ signal }) => checkPolicy(JSON.parse(body) as PolicyDocument, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  return {
    faults: placed(data?.faults ?? []),
    misfits: (data?.siteProblems ?? []).map((misfit) => ({ ...misfit, message: shortened(misfit.message) })),
    isPending: isFetching,
    problem: error && !data ? asProblem(error) : undefined,
  };
}
