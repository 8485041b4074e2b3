// Why an account is selected, or not: by any criterion, or by that of a policy.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { CriterionBar } from '@/criterion/criterion-bar';
import { useAddress } from '@/frame/use-address';
import { Choice } from '@/parts/choice';
import { plain } from '@/parts/hostile-text';
import { Failed, Loading } from '@/parts/page-states';
import { Explanation, type Explained } from './explanation';
import type { Account } from './use-account';

export function WhySelected({ site, account }: { site: string; account: Account }) {
  const [policy, setPolicy] = useAddress('policy');
  const [criterion = '', setCriterion] = useAddress('criterion');
  const policies = useQuery({
    queryKey: ['policies', 'criteria'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/policies', { params: { query: { limit: 500 } }, signal })),
    staleTime: 60_000,
  });
  const here = (policies.data?.items ?? []).flatMap(({ name, policy }) => {
    const { sites, select } = policy as { sites?: unknown; select?: unknown };
    return typeof select === 'string' && Array.isArray(sites) && sites.includes(site) ? [{ name, select }] : [];
  });
  const ofPolicy = here.find(({ name }) => name === policy)?.select ?? '';
  const applied = policy ? ofPolicy : criterion;
  const [draft, setDraft] = useState(applied);
  useEffect(() => setDraft(applied), [applied]);
  // A policy also says what it protects; a criterion that is written here is nobody's.
  const by = policy ? { policy } : { criterion };
  const explained = useQuery({
    queryKey: ['explanation', site, account.key, account.snapshot, by],
    queryFn: async ({ signal }) =>
      (await answerOf(api.GET('/api/v1/sites/{site}/accounts/{key}/explanation', { params: { path: { site, key: account.key }, query: by }, signal }))) as unknown as Explained,
    enabled: policy !== undefined || criterion !== '',
  });
  function apply(of: string) {
    if (policy && of === ofPolicy) return;
    setPolicy(undefined);
    setCriterion(of || undefined);
  }
  return (
    <Stack space="space.300">
      {here.length > 0 && (
        <Choice
          label="The criterion of a policy"
          value={policy}
          all="Choose a policy"
          options={here.map(({ name }) => [name, plain(name)])}
          onChoose={(name) => {
            setCriterion(undefined);
            setPolicy(name);
          }}
        />
      )}
      <CriterionBar site={site} label="Or any criterion" value={draft} onChange={setDraft} applied={applied} onApply={apply} applyWords="Explain" hasSample={false} />
      {policy === undefined && criterion === '' ? (
        <Text>Choose a policy or write a criterion: each of its conditions is then shown with what is known of this account, from which source, and how old that is.</Text>
      ) : explained.data ? (
        <Explanation explained={explained.data} />
      ) : explained.error ? (
        <Failed problem={asProblem(explained.error)} what="The explanation" retry={() => void explained.refetch()} />
      ) : (
        <Loading rows={4} what="the explanation" />
      )}
    </Stack>
  );
}
