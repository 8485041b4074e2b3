// Everything that is known of one account.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';

/** A group of an account, and every way by which it is a member: from the group down to the one it is a direct member of. */
export interface AccountGroup {
  name: string;
  isDirect: boolean;
  givesSeat?: boolean | null;
  givesAdmin?: boolean | null;
  paths: string[][];
}

// The document calls two things a group; of an account these are meant.
export type Account = Omit<Schemas['Detail'], 'groups' | 'fields'> & { groups: AccountGroup[]; fields: Record<string, unknown> };

export const accountKey = (site: string, key: string) => ['account', site, key] as const;

export function useAccount(site: string, key: string) {
  return useQuery({
    queryKey: accountKey(site, key),
    queryFn: async ({ signal }) => (await answerOf(api.GET('/api/v1/sites/{site}/accounts/{key}', { params: { path: { site, key } }, signal }))) as unknown as Account,
  });
}
