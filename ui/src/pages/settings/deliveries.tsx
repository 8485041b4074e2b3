import Lozenge, { type ThemeAppearance } from '@atlaskit/lozenge';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import Button from '@atlaskit/button/new';
import { Stack } from '@atlaskit/primitives/compiled';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { usePages } from '@/api/use-pages';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { type Column, DataTable } from '@/parts/data-table';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { Empty, ProblemMessage } from '@/parts/page-states';
import { PreText } from '@/parts/pre-text';
import styles from './settings.module.css';

type Delivery = Schemas['Delivery'];

const LOOKS: Record<string, ThemeAppearance> = { queued: 'inprogress', delivered: 'success', 'given-up': 'removed', failed: 'removed' };

const columnsOf = (open: (delivery: Delivery) => void): readonly Column<Delivery>[] => [
  {
    id: 'event',
    head: 'Event',
    cell: (delivery) => (
      <button type="button" className={styles.open} onClick={() => open(delivery)}>
        {delivery.event}
      </button>
    ),
  },
  { id: 'state', head: 'State', cell: ({ state }) => <Lozenge appearance={LOOKS[state] ?? 'default'}>{state}</Lozenge> },
  { id: 'status', head: 'Answer', cell: ({ status, answer }) => (status == null ? (answer ? <HostileText text={answer} isCut /> : '–') : status) },
  { id: 'attempts', head: 'Tries', align: 'end', cell: ({ attempts }) => number(attempts) },
  { id: 'queued', head: 'Queued', cell: ({ queuedAt }) => <Instant at={queuedAt} /> },
  { id: 'next', head: 'Next try', cell: ({ nextTryAt }) => <Instant at={nextTryAt} /> },
];

export function Deliveries({ webhook }: { webhook: string }) {
  const [open, setOpen] = useState<Delivery>();
  const client = useQueryClient();
  const mayChange = useMay('admin');
  const retry = useIntention(
    (delivery: string, key: string) => answerOf(api.POST('/api/v1/webhooks/{webhook}/deliveries/{delivery}/retry', { params: { path: { webhook, delivery }, header: { 'idempotency-key': key } } })),
    {
      onSuccess: () => {
        setOpen(undefined);
        raiseFlag({ kind: 'done', title: 'The event is told again' });
        void client.invalidateQueries({ queryKey: ['deliveries', webhook] });
        void client.invalidateQueries({ queryKey: ['webhook', webhook] });
      },
    },
  );
  const show = (delivery: Delivery) => {
    retry.reset();
    setOpen(delivery);
  };
  const pages = usePages(['deliveries', webhook], (cursor, signal) => answerOf(api.GET('/api/v1/webhooks/{webhook}/deliveries', { params: { path: { webhook }, query: cursor ? { cursor } : {} }, signal })), { refetchEvery: 15_000 });
  return (
    <>
      <DataTable label="Deliveries" pages={pages} columns={columnsOf(show)} keyOf={({ id }) => id} empty={<Empty title="It was told nothing yet">What happens from now on is posted to it; a test event is not kept here.</Empty>} />
      <ModalTransition>
        {open && (
          <ModalDialog onClose={() => setOpen(undefined)} width="large">
            <ModalHeader hasCloseButton>
              <ModalTitle>{open.event}</ModalTitle>
            </ModalHeader>
            <ModalBody>
              <Stack space="space.200">
                <Facts
                  facts={[
                    ['Id', open.id],
                    ['Queued', <Instant key="q" at={open.queuedAt} as="time" />],
                    ['Tried last', <Instant key="t" at={open.triedAt} as="time" />],
                    ['Answer', open.status == null ? 'none' : String(open.status)],
                    ...(open.answer ? ([['In words', <HostileText key="w" text={open.answer} />]] as const) : []),
                  ]}
                />
                <PreText text={pretty(open.body)} label="Body of the event" />
                {retry.error && <ProblemMessage problem={retry.error} />}
              </Stack>
            </ModalBody>
            <ModalFooter>
              {mayChange && open.state === 'failed' && (
                <Button isLoading={retry.isPending} onClick={() => retry.mutate(open.id)}>
                  Tell it again
                </Button>
              )}
              <Button appearance="primary" onClick={() => setOpen(undefined)}>
                Close
              </Button>
            </ModalFooter>
          </ModalDialog>
        )}
      </ModalTransition>
    </>
  );
}

/** The JSON with its lines; as it is where it is none. */
function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
