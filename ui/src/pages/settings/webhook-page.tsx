// One webhook: what it is, what can be done with it, what it was told.
import Button from '@atlaskit/button/new';
import Heading from '@atlaskit/heading';
import Lozenge from '@atlaskit/lozenge';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { type Tagged, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Failed, Loading, ProblemMessage, sentence } from '@/parts/page-states';
import { SecretOnce } from '@/parts/secret-once';
import { Section } from '@/parts/section';
import { ServerWords } from '@/parts/server-words';
import { ChangeWebhook, WebhookConflict } from './change-webhook';
import { Deliveries } from './deliveries';
import { type Webhook, loadWebhook, useSaveWebhook, webhookKey } from './webhook-answers';
import { eventWords } from './webhook-form';

export function WebhookPage() {
  const { webhook: id = '' } = useParams();
  const { data, error, refetch } = useQuery({ queryKey: webhookKey(id), queryFn: ({ signal }) => loadWebhook(id, signal) });
  return (
    <Stack space="space.200">
      <div>
        <Link to="/settings/webhooks">All webhooks</Link>
      </div>
      {!data && (error ? <Failed problem={asProblem(error)} what="The webhook" retry={() => void refetch()} /> : <Loading what="the webhook" />)}
      {data && <Shown loaded={data} />}
    </Stack>
  );
}

type Open = 'change' | 'secret' | 'remove' | undefined;

function Shown({ loaded }: { loaded: Tagged<Webhook> }) {
  const { value: webhook, tag } = loaded;
  const path = { webhook: webhook.id };
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayChange = useMay('admin');
  const [open, setOpen] = useState<Open>();
  const [secret, setSecret] = useState<string>();
  const toggle = useSaveWebhook(webhook.id);
  const test = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/webhooks/{webhook}/test', { params: { path, header: { 'idempotency-key': key } } })));
  const renew = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/webhooks/{webhook}/secret', { params: { path, header: { 'idempotency-key': key } }, body: { overlapHours: 24 } })), {
    onSuccess: (answer) => {
      setOpen(undefined);
      setSecret(answer.secret);
      void client.invalidateQueries({ queryKey: webhookKey(webhook.id) });
    },
  });
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/v1/webhooks/{webhook}', { params: { path, header: { 'If-Match': tag } } })),
    onSuccess: () => {
      navigate('/settings/webhooks');
      raiseFlag({ kind: 'done', title: `The webhook ${webhook.name} is removed` });
      void client.invalidateQueries({ queryKey: ['webhooks'] });
    },
    // Somebody else changed it: theirs is looked at before the next try.
    onError: () => client.invalidateQueries({ queryKey: webhookKey(webhook.id) }),
  });
  return (
    <Stack space="space.300">
      <Inline space="space.100" spread="space-between" alignBlock="center" shouldWrap rowSpace="space.100">
        <Inline space="space.100" alignBlock="center">
          <Heading size="small" as="h2">
            <HostileText text={webhook.name} />
          </Heading>
          {webhook.isOn ? <Lozenge appearance="success">on</Lozenge> : <Lozenge>off</Lozenge>}
        </Inline>
        {mayChange && (
          <Inline space="space.100" shouldWrap rowSpace="space.100">
            <Button onClick={() => test.mutate(undefined)} isLoading={test.isPending}>
              Post a test event
            </Button>
            <Button onClick={() => setOpen('change')}>Change</Button>
            <Button isLoading={toggle.isSaving} onClick={() => void toggle.save({ isOn: !webhook.isOn }, tag)}>
              {webhook.isOn ? 'Switch off' : 'Switch on'}
            </Button>
            <Button onClick={() => setOpen('secret')}>New secret</Button>
            <Button appearance="subtle" onClick={() => setOpen('remove')}>
              Remove
            </Button>
          </Inline>
        )}
      </Inline>
      <div aria-live="polite">
        {test.error && <ProblemMessage problem={test.error} title="The receiver did not answer" />}
        {test.data && !test.isPending && (
          <SectionMessage appearance={test.data.isTaken ? 'success' : 'error'} title={`The receiver answered ${test.data.status}${test.data.isTaken ? ': the event counts as taken' : ': the event would be posted again'}`}>
            {test.data.answer ? <HostileText text={test.data.answer} /> : 'The answer is empty.'}
          </SectionMessage>
        )}
        {toggle.problem && <ProblemMessage problem={toggle.problem} />}
      </div>
      {webhook.trouble && (
        <SectionMessage appearance="warning" title="Events wait because the receiver does not take them">
          <ServerWords text={sentence(webhook.trouble)} />
        </SectionMessage>
      )}
      <Facts
        facts={[
          ['Address', <HostileText key="u" text={webhook.url} />],
          ['Events', eventWords(webhook.events)],
          ['Sites', webhook.sites.length === 0 ? 'all' : webhook.sites.join(', ')],
          ['Added', <Instant key="a" at={webhook.createdAt} />],
          ...(webhook.oldSecretUntil ? ([['Secret before is used too until', <Instant key="o" at={webhook.oldSecretUntil} as="time" />]] as const) : []),
        ]}
      />
      <Section title="What it was told">
        <Deliveries webhook={webhook.id} />
      </Section>
      <ModalTransition>{open === 'change' && <ChangeWebhook loaded={loaded} onClose={() => setOpen(undefined)} />}</ModalTransition>
      <WebhookConflict saving={toggle} name={webhook.name} />
      <ConfirmDialog isOpen={open === 'secret'} title="Give a new secret?" action="Give a new secret" isBusy={renew.isPending} problem={renew.error ?? undefined} onConfirm={() => renew.mutate(undefined)} onClose={() => setOpen(undefined)}>
        <Text>Rollcall makes a new one and shows it once. For a day every event is signed with both, so that nothing is refused until the receiver knows the new one.</Text>
      </ConfirmDialog>
      <ConfirmDialog
        isOpen={open === 'remove'}
        title={`Remove ${webhook.name}?`}
        action="Remove"
        appearance="danger"
        isBusy={remove.isPending}
        problem={remove.error ? asProblem(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
        onClose={() => {
          remove.reset();
          setOpen(undefined);
        }}
      >
        <Text>It is told nothing more; what still waits for it is given up.</Text>
      </ConfirmDialog>
      <SecretOnce secret={secret} title="The new secret" label="Secret" onClose={() => setSecret(undefined)}>
        Give it to the receiving program.
      </SecretOnce>
    </Stack>
  );
}
