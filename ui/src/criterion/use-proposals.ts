// What may be written where the cursor stands. Proposals for another text or place are never shown.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';
import { useDebounced } from './use-debounced';

export type Proposal = Schemas['Proposal'];

export interface Proposals {
  start: number;
  end: number;
  list: readonly Proposal[];
}

export const completionOf = (criterion: string, at: number, site: string | undefined, signal?: AbortSignal) =>
  answerOf(api.POST('/api/v1/criteria/complete', { body: { criterion, at, ...(site ? { site } : {}) }, ...(signal ? { signal } : {}) }));

export function useProposals(site: string | undefined, text: string, at: number, isWanted: boolean): Proposals | undefined {
  const asked = useDebounced(JSON.stringify([text, at]), 120);
  const [settled, place] = JSON.parse(asked) as [string, number];
  const query = useQuery({
    queryKey: ['criterion', 'complete', site, settled, place],
    queryFn: ({ signal }) => completionOf(settled, place, site, signal),
    enabled: isWanted,
    staleTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
  });
  if (!isWanted || !query.data || settled !== text || place !== at) return undefined;
  const { replaces, proposals } = query.data;
  const there = text.slice(replaces.start, replaces.end);
  const list = proposals.filter((proposal) => proposal.text !== there);
  return list.length === 0 ? undefined : { start: replaces.start, end: replaces.end, list };
}
