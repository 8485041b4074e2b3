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
import { type Schemas, type Tagged, answerOf, api, taggedAnswerOf } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { Facts } from '@/parts/facts';
import { FormDialog } from '@/parts/form-dialog';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Failed, Loading, ProblemMessage, sentence } from '@/parts/page-states';
import { SecretOnce } from '@/parts/secret-once';
import { Section } from '@/parts/section';
import { Deliveries } from './deliveries';
import { EVENTS, WEBHOOK_PLACES, WebhookFields, type WebhookTexts, missingOfWebhook } from './webhook-form';

type Webhook = Schemas['Webhook'];

const WORDS = new Map(EVENTS);

export function WebhookPage() {
  const { webhook: id = '' } = useParams();
  const { data, error, refetch } = useQuery({ queryKey: ['webhook', id], queryFn: ({ signal }) => taggedAnswerOf(api.GET('/api/v1/webhooks/{webhook}', { params: { path: { webhook: id } }, signal })) });
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
  const keep = (saved: Tagged<Webhook>) => {
    client.setQueryData(['webhook', webhook.id], saved);
    void client.invalidateQueries({ queryKey: ['webhooks'] });
  };
  const change = useMutation({
    mutationFn: (body: Schemas['WebhookChange']) => taggedAnswerOf(api.PATCH('/api/v1/webhooks/{webhook}', { params: { path, header: { 'If-Match': tag } }, body })),
    onSuccess: (saved) => {
      keep(saved);
      setOpen(undefined);
    },
    onError: () => client.invalidateQueries({ queryKey: ['webhook', webhook.id] }),
  });
  const test = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/webhooks/{webhook}/test', { params: { path, header: { 'idempotency-key': key } } })));
  const renew = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/webhooks/{webhook}/secret', { params: { path, header: { 'idempotency-key': key } }, body: { overlapHours: 24 } })), {
    onSuccess: (answer) => {
      setOpen(undefined);
      setSecret(answer.secret);
      void client.invalidateQueries({ queryKey: ['webhook', webhook.id] });
    },
  });
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/v1/webhooks/{webhook}', { params: { path, header: { 'If-Match': tag } } })),
    onSuccess: () => {
      navigate('/settings/webhooks');
      raiseFlag({ kind: 'done', title: `The webhook ${webhook.name} is removed` });
      void client.invalidateQueries({ queryKey: ['webhooks'] });
    },
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
            <Button isLoading={change.isPending && open === undefined} onClick={() => change.mutate({ isOn: !webhook.isOn })}>
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
        {open === undefined && change.error && <ProblemMessage problem={asProblem(change.error)} />}
      </div>
      {webhook.trouble && (
        <SectionMessage appearance="warning" title="Events wait because the receiver does not take them">
          <HostileText text={sentence(webhook.trouble)} />
        </SectionMessage>
      )}
      <Facts
        facts={[
          ['Address', <HostileText key="u" text={webhook.url} />],
          ['Events', webhook.events.length === 0 || webhook.events.length === EVENTS.length ? 'all' : webhook.events.map((event) => WORDS.get(event) ?? event).join(', ')],
          ['Sites', webhook.sites.length === 0 ? 'all' : webhook.sites.join(', ')],
          ['Added', <Instant key="a" at={webhook.createdAt} />],
          ...(webhook.oldSecretUntil ? ([['Secret before is used too until', <Instant key="o" at={webhook.oldSecretUntil} as="time" />]] as const) : []),
        ]}
      />
      <Section title="What it was told">
        <Deliveries webhook={webhook.id} />
      </Section>
      <ModalTransition>{open === 'change' && <ChangeWebhook webhook={webhook} change={change} onClose={() => setOpen(undefined)} />}</ModalTransition>
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
        onClose={() => setOpen(undefined)}
      >
        <Text>It is told nothing more; what still waits for it is given up.</Text>
      </ConfirmDialog>
      <SecretOnce secret={secret} title="The new secret" label="Secret" onClose={() => setSecret(undefined)}>
        Give it to the receiving program.
      </SecretOnce>
    </Stack>
  );
}

interface ChangeWebhookProps {
  webhook: Webhook;
  change: { mutate: (body: Schemas['WebhookChange']) => void; isPending: boolean; error: unknown };
  onClose: () => void;
}

function ChangeWebhook({ webhook, change, onClose }: ChangeWebhookProps) {
  const [value, setValue] = useState<WebhookTexts>(webhook);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const problem = change.error ? asProblem(change.error) : undefined;
  return (
    <FormDialog
      title={`Change ${webhook.name}`}
      action="Save"
      isBusy={change.isPending}
      problem={problem}
      shown={WEBHOOK_PLACES}
      onClose={onClose}
      onSubmit={() => {
        const lacks = missingOfWebhook(value);
        setMissing(lacks);
        if (Object.keys(lacks).length === 0) change.mutate({ name: value.name.trim(), url: value.url.trim(), events: [...value.events], sites: [...value.sites] });
      }}
    >
      <WebhookFields value={value} onChange={setValue} missing={missing} problem={problem} />
    </FormDialog>
  );
}
