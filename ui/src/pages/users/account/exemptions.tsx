// Whether nothing may touch this account, why, and until when.
import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { Gate } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Section } from '@/parts/section';
import styles from './account.module.css';
import { ExemptDialog } from './exempt-dialog';
import { type Account, accountKey } from './use-account';

export function Exemptions({ site, account }: { site: string; account: Account }) {
  const client = useQueryClient();
  const [isAdding, setIsAdding] = useState(false);
  const [isEnding, setIsEnding] = useState(false);
  const own = account.exemptions.find((one) => one.group == null && one.isInForce);
  const again = () => {
    void client.invalidateQueries({ queryKey: accountKey(site, account.key) });
    void client.invalidateQueries({ queryKey: ['accounts', site] });
    void client.invalidateQueries({ queryKey: ['audit'] });
  };
  const path = { site, kind: 'account', name: account.username } as const;
  // What stands there now is shown and is what is ended: nothing that takes its place meanwhile.
  const there = useQuery({
    queryKey: ['exemption', site, account.username],
    enabled: isEnding,
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/sites/{site}/exemptions/{kind}/{name}', { params: { path }, signal })),
  });
  const ending = useMutation<unknown, Problem, string>({
    mutationFn: async (etag) => {
      try {
        return await answerOf(api.DELETE('/api/v1/sites/{site}/exemptions/{kind}/{name}', { params: { path, header: { 'If-Match': etag } } }));
      } catch (thrown) {
        throw asProblem(thrown);
      }
    },
    onError: () => void there.refetch(),
    onSuccess: () => {
      setIsEnding(false);
      raiseFlag({ kind: 'done', title: 'The exemption is ended' });
      again();
    },
  });
  return (
    <Section
      title="Exemption"
      actions={
        <Gate needs="operator">
          {own ? <Button onClick={() => setIsEnding(true)}>End the exemption…</Button> : <Button onClick={() => setIsAdding(true)}>Exempt…</Button>}
        </Gate>
      }
    >
      {account.exemptions.length === 0 ? (
        <Text>Not exempt: whatever selects this account may change it, within the protections of the site.</Text>
      ) : (
        <ul className={styles.ways}>
          {account.exemptions.map((one) => (
            <li key={`${one.group ?? ''} ${one.reason} ${one.until ?? ''}`}>
              {one.isInForce ? 'Exempt' : 'Was exempt'}
              {one.group && (
                <>
                  {' '}
                  by the group <HostileText text={one.group} />
                </>
              )}
              {one.until ? (
                <>
                  {' '}
                  until <Instant at={one.until} as="time" />
                </>
              ) : (
                ' for good'
              )}
              : <HostileText text={one.reason} />
            </li>
          ))}
        </ul>
      )}
      <ExemptDialog site={site} username={account.username} isOpen={isAdding} onClose={() => setIsAdding(false)} onDone={again} />
      <ConfirmDialog
        isOpen={isEnding}
        title="End the exemption"
        action="End it"
        isBusy={ending.isPending || there.isFetching}
        problem={ending.error ?? (there.error ? asProblem(there.error) : undefined)}
        onClose={() => {
          setIsEnding(false);
          ending.reset();
        }}
        onConfirm={() => there.data && ending.mutate(there.data.etag)}
      >
        <Stack space="space.100">
          <Text>From now on policies and plans may change this account again. Plans that were made before keep it protected.</Text>
          {there.data && (
            <Text color="color.text.subtle">
              It is exempt because: <HostileText text={there.data.reason} />
            </Text>
          )}
        </Stack>
      </ConfirmDialog>
    </Section>
  );
}
