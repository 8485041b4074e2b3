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
  const [criterion = '', setCriterion] = useAddress('criterion');
  const [draft, setDraft] = useState(criterion);
  useEffect(() => setDraft(criterion), [criterion]);
  const policies = useQuery({
    queryKey: ['policies', 'criteria'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/policies', { params: { query: { limit: 500 } }, signal })),
    staleTime: 60_000,
  });
  const here = (policies.data?.items ?? []).flatMap(({ name, policy }) => {
    const { sites, select } = policy as { sites?: unknown; select?: unknown };
    return typeof select === 'string' && Array.isArray(sites) && sites.includes(site) ? [{ name, select }] : [];
  });
  const chosen = here.find(({ select }) => select === criterion)?.name;
  const explained = useQuery({
    queryKey: ['explanation', site, account.key, account.snapshot, criterion],
    queryFn: async ({ signal }) =>
      (await answerOf(api.GET('/api/v1/sites/{site}/accounts/{key}/explanation', { params: { path: { site, key: account.key }, query: { criterion } }, signal }))) as unknown as Explained,
    enabled: criterion !== '',
  });
  return (
    <Stack space="space.300">
      {here.length > 0 && (
        <Choice
          label="The criterion of a policy"
          value={chosen}
          all="Choose a policy"
          options={here.map(({ name }) => [name, plain(name)])}
          onChoose={(name) => setCriterion(here.find((one) => one.name === name)?.select)}
        />
      )}
      <CriterionBar site={site} label="Or any criterion" value={draft} onChange={setDraft} applied={criterion} onApply={(of) => setCriterion(of || undefined)} applyWords="Explain" hasSample={false} />
      {criterion === '' ? (
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
