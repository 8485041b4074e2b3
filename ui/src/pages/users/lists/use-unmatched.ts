// Which entries of a list fit no account of a site.
import { useQuery } from '@tanstack/react-query';
import { problemOf } from '@/api/problems';
import { fetchInSession } from '@/api/session-fetch';
import { quoted } from '@/criterion/language';
import { unmatched } from './list-entries';

/** All of a list of the API, an object or text in each line. */
async function everything<T>(path: string, signal: AbortSignal): Promise<T[]> {
  const response = await fetchInSession(new Request(new URL(path, window.location.origin), { headers: { accept: 'application/x-ndjson' }, signal }));
  if (!response.ok) throw problemOf(await response.json().catch(() => null), response);
  const text = await response.text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

export const ofList = (list: string): string => `list = ${quoted(list)}`;

export function useUnmatched(site: string, list: string, changedAt: string) {
  return useQuery({
    queryKey: ['unmatched', site, list, changedAt],
    queryFn: async ({ signal }) => {
      const query = new URLSearchParams({ criterion: ofList(list), fields: 'username,email' });
      const [lines, accounts] = await Promise.all([
        everything<string | Record<string, string>>(`/api/v1/lists/${encodeURIComponent(list)}/entries`, signal),
        everything<{ username?: unknown; email?: unknown }>(`/api/v1/sites/${encodeURIComponent(site)}/accounts?${query}`, signal),
      ]);
      const entries = lines.map((line) => (typeof line === 'string' ? line : (Object.values(line)[0] ?? '')));
      return { entries: entries.length, accounts: accounts.length, unmatched: unmatched(entries, accounts) };
    },
  });
}
