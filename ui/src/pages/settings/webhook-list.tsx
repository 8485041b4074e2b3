import Button from '@atlaskit/button/new';
import Lozenge from '@atlaskit/lozenge';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Stack } from '@atlaskit/primitives/compiled';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { usePages } from '@/api/use-pages';
import { useMay } from '@/frame/session';
import { type Column, DataTable } from '@/parts/data-table';
import { FormDialog } from '@/parts/form-dialog';
import { HostileText } from '@/parts/hostile-text';
import { number } from '@/parts/numbers';
import { Empty } from '@/parts/page-states';
import { SecretOnce } from '@/parts/secret-once';
import { About } from './about';
import { WEBHOOK_PLACES, WebhookFields, type WebhookTexts, eventWords, missingOfWebhook } from './webhook-form';

type Webhook = Schemas['Webhook'];

const columns: readonly Column<Webhook>[] = [
  {
    id: 'name',
    head: 'Name',
    cell: (webhook) => (
      <Link to={`/settings/webhooks/${webhook.id}`}>
        <HostileText text={webhook.name} />
      </Link>
    ),
  },
  { id: 'url', head: 'Address', cell: ({ url }) => <HostileText text={url} /> },
  { id: 'events', head: 'Events', cell: ({ events }) => eventWords(events) },
  { id: 'sites', head: 'Sites', cell: ({ sites }) => (sites.length === 0 ? 'all' : sites.join(', ')) },
  { id: 'state', head: 'State', cell: (webhook) => (!webhook.isOn ? <Lozenge>off</Lozenge> : webhook.trouble ? <Lozenge appearance="removed">in trouble</Lozenge> : <Lozenge appearance="success">on</Lozenge>) },
  { id: 'waiting', head: 'Waiting', align: 'end', cell: ({ waiting }) => number(waiting) },
];

export function WebhookList() {
  const mayChange = useMay('admin');
  const [isAdding, setIsAdding] = useState(false);
  const [added, setAdded] = useState<Schemas['AddedWebhook']>();
  const pages = usePages(['webhooks'], (cursor, signal) => answerOf(api.GET('/api/v1/webhooks', { params: { query: cursor ? { cursor } : {} }, signal })));
  const add = mayChange && <Button onClick={() => setIsAdding(true)}>Add a webhook</Button>;
  return (
    <Stack space="space.200">
      <About>Other programs, a chat for instance, that are told when a plan awaits approval, a run has ended, a limit was hit or a site does not answer.</About>
      <DataTable
        label="Webhooks"
        pages={pages}
        columns={columns}
        keyOf={({ id }) => id}
        toolbar={pages.rows && pages.rows.length > 0 && add}
        empty={
          <Empty title="No webhooks" action={add}>
            {mayChange ? 'Add one, and it is told what happens from then on.' : 'An admin can add them.'}
          </Empty>
        }
      />
      <ModalTransition>
        {isAdding && (
          <AddWebhook
            onClose={() => setIsAdding(false)}
            onAdded={(answer) => {
              setIsAdding(false);
              setAdded(answer);
            }}
          />
        )}
      </ModalTransition>
      <SecretOnce secret={added?.secret} title="The webhook is added" label="Its secret" onClose={() => setAdded(undefined)}>
        With this secret every event is signed. Give it to the receiving program, so that it can tell events of Rollcall from others.
      </SecretOnce>
    </Stack>
  );
}

function AddWebhook({ onClose, onAdded }: { onClose: () => void; onAdded: (added: Schemas['AddedWebhook']) => void }) {
  const client = useQueryClient();
  const [value, setValue] = useState<WebhookTexts>({ name: '', url: '', events: [], sites: [] });
  const [missing, setMissing] = useState<Record<string, string>>({});
  const add = useIntention((body: Schemas['NewWebhook'], key) => answerOf(api.POST('/api/v1/webhooks', { params: { header: { 'idempotency-key': key } }, body })), {
    onSuccess: (answer) => {
      void client.invalidateQueries({ queryKey: ['webhooks'] });
      onAdded(answer);
    },
  });
  return (
    <FormDialog
      title="Add a webhook"
      action="Add"
      isBusy={add.isPending}
      problem={add.error ?? undefined}
      shown={WEBHOOK_PLACES}
      onClose={onClose}
      onSubmit={() => {
        const lacks = missingOfWebhook(value);
        setMissing(lacks);
        if (Object.keys(lacks).length === 0) add.mutate({ name: value.name.trim(), url: value.url.trim(), events: [...value.events], sites: [...value.sites] });
      }}
    >
      <WebhookFields value={value} onChange={setValue} missing={missing} problem={add.error ?? undefined} />
    </FormDialog>
  );
}
