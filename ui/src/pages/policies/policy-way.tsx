// From off to live: switched on in test mode, a test run of this very version, then live. Each step says why it cannot be taken yet.
import Button from '@atlaskit/button/new';
import CheckIcon from '@atlaskit/icon/core/check-circle';
import OpenIcon from '@atlaskit/icon/core/check-circle-unchecked';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { token } from '@atlaskit/tokens';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, type Tagged, api, taggedAnswerOf } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { Instant } from '@/parts/instant';
import { ProblemMessage } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { Hits } from './hits';
import { type Policy, policyKey } from './policy-answers';
import styles from './policies.module.css';

type State = Schemas['PolicyState'];

export function PolicyWay({ policy, tag, sites }: { policy: Policy; tag: string; sites: readonly string[] }) {
  const client = useQueryClient();
  const mayWork = useMay('operator');
  const mayGoLive = useMay('approver');
  const [isAsked, setIsAsked] = useState(false);
  const change = useMutation<Tagged<Policy>, Problem, State>({
    mutationFn: (state) =>
      taggedAnswerOf(api.PUT('/api/v1/policies/{name}/state', { params: { path: { name: policy.name }, header: { 'If-Match': tag } }, body: { state } })).catch((thrown: unknown) => Promise.reject(asProblem(thrown))),
    onSuccess: (now, state) => {
      setIsAsked(false);
      client.setQueryData(policyKey(policy.name), now);
      void client.invalidateQueries({ queryKey: ['policies'] });
      raiseFlag({ kind: 'done', title: state === 'off' ? 'Switched off' : state === 'test' ? 'Switched on in test mode' : 'Live' });
    },
    onError: (problem) => {
      // Somebody else changed it: what is there now is shown, and can be decided on.
      if (problem.code === 'precondition-failed') void client.invalidateQueries({ queryKey: policyKey(policy.name) });
    },
  });
  const { state, testedAt } = policy;
  const isOn = state !== 'off';
  return (
    <Section title="Test and live">
      <Stack space="space.200">
        <ol className={styles.way}>
          <Step isDone={isOn}>
            {isOn ? 'Switched on' : 'Switched off: nothing runs by itself'}
            {mayWork && !isOn && (
              <Button appearance="primary" spacing="compact" isLoading={change.isPending} onClick={() => change.mutate('test')}>
                Switch on in test mode
              </Button>
            )}
          </Step>
          <Step isDone={Boolean(testedAt)}>
            {testedAt ? (
              <span>
                This version was tested <Instant at={testedAt} />
              </span>
            ) : isOn ? (
              'This version was not tested yet: “Test run” above shows everything and changes nothing'
            ) : (
              'Then a test run of this version: it shows everything and changes nothing'
            )}
          </Step>
          <Step isDone={state === 'live'}>
            {state === 'live' ? 'Live: its runs change accounts' : testedAt ? 'Not live: its runs change nothing' : 'Live only after that'}
            {state !== 'live' && testedAt && mayGoLive && isOn && (
              <Button spacing="compact" onClick={() => setIsAsked(true)}>
                Switch live…
              </Button>
            )}
          </Step>
        </ol>
        {state !== 'live' && testedAt && !mayGoLive && <Text color="color.text.subtle">Switching live takes the role approver.</Text>}
        {mayWork && isOn && (
          <Inline space="space.100">
            {state === 'live' && (
              <Button spacing="compact" isDisabled={change.isPending} onClick={() => change.mutate('test')}>
                Back to test mode
              </Button>
            )}
            <Button spacing="compact" isDisabled={change.isPending} onClick={() => change.mutate('off')}>
              Switch off
            </Button>
          </Inline>
        )}
        {change.error && !isAsked && <ProblemMessage problem={change.error} />}
      </Stack>
      <ConfirmDialog
        isOpen={isAsked}
        title="Switch live"
        action="Switch live"
        appearance="warning"
        isBusy={change.isPending}
        problem={change.error ?? undefined}
        onClose={() => {
          change.reset();
          setIsAsked(false);
        }}
        onConfirm={() => change.mutate('live')}
      >
        <Stack space="space.200">
          <Text>From its next run on the policy changes accounts, within its limits{policy.schedule.words ? `: ${policy.schedule.words}` : ''}. Now it selects:</Text>
          {sites.map((site) => (
            <Hits key={site} site={site} policy={policy.name} isShort />
          ))}
        </Stack>
      </ConfirmDialog>
    </Section>
  );
}

function Step({ isDone, children }: { isDone: boolean; children: React.ReactNode }) {
  return (
    <li>
      {isDone ? <CheckIcon label="Done:" color={token('color.icon.success')} /> : <OpenIcon label="Open:" color={token('color.icon.subtle')} />}
      {children}
    </li>
  );
}
