// Whether a site answers: the audit log has an entry each time that changes.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';

export interface Reach {
  answers: boolean;
  /** Since when; absent where it never failed. */
  since?: string;
  why?: string;
}

const newest = async (site: string, kind: string, signal: AbortSignal): Promise<Schemas['AuditEntry'] | undefined> =>
  (await answerOf(api.GET('/api/v1/audit', { params: { query: { site, kind, limit: 1 } }, signal }))).items[0];

/** Of a site that was read at least once. */
export function useReach(site: string) {
  return useQuery({
    queryKey: ['reach', site],
    queryFn: async ({ signal }): Promise<Reach> => {
      const [lost, back] = await Promise.all([newest(site, 'site.unreachable', signal), newest(site, 'site.reachable', signal)]);
      if (lost && (!back || back.seq < lost.seq)) return { answers: false, since: lost.at, why: lost.why };
      return { answers: true, ...(back ? { since: back.at } : {}) };
    },
  });
}
