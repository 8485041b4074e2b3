// Times in which nothing is changed: a live run does not begin, and one under way stops before its next item until they end.
import Button from '@atlaskit/button/new';
import Lozenge from '@atlaskit/lozenge';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { usePages } from '@/api/use-pages';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Empty } from '@/parts/page-states';
import { About } from './about';
import { FreezeDialog } from './freeze-dialog';

type Freeze = Schemas['Freeze'];

function When({ freeze }: { freeze: Freeze }) {
  if (freeze.isInForce) {
    return (
      <Inline space="space.075" alignBlock="center" shouldWrap>
        <Lozenge appearance="moved">in force</Lozenge>
        <span>
          until <Instant at={freeze.nextUntil} as="time" />
        </span>
      </Inline>
    );
  }
  return freeze.nextFrom ? <Instant at={freeze.nextFrom} /> : <Lozenge>over</Lozenge>;
}

export default function Freezes() {
  const client = useQueryClient();
  const mayChange = useMay('admin');
  /** `null`: a new one. */
  const [editing, setEditing] = useState<Freeze | null>();
  const [askedName, setAsked] = useState<string>();
  const pages = usePages(['freezes'], (cursor, signal) => answerOf(api.GET('/api/v1/freezes', { params: { query: cursor ? { cursor } : {} }, signal })));
  // As it is now, also where somebody else changed it since the question was asked.
  const asked = pages.rows?.find(({ name }) => name === askedName);
  const remove = useMutation({
    mutationFn: ({ name, etag }: Freeze) => answerOf(api.DELETE('/api/v1/freezes/{name}', { params: { path: { name }, header: { 'If-Match': etag } } })),
    onSuccess: () => {
      raiseFlag({ kind: 'done', title: 'The freeze is removed', description: 'What waited for its end goes on.' });
      setAsked(undefined);
      void client.invalidateQueries({ queryKey: ['freezes'] });
    },
    onError: () => client.invalidateQueries({ queryKey: ['freezes'] }),
  });
  const columns: readonly Column<Freeze>[] = [
    { id: 'name', head: 'Name', isFixed: true, cell: ({ name }) => name },
    { id: 'days', head: 'Days', cell: ({ from, until, yearly }) => `${from} to ${until}${yearly ? ', every year' : ''}` },
    { id: 'zone', head: 'Zone', cell: ({ timezone }) => timezone },
    { id: 'sites', head: 'Sites', cell: ({ sites }) => (sites.length === 0 ? 'all' : sites.join(', ')) },
    { id: 'when', head: 'Next', cell: (freeze) => <When freeze={freeze} /> },
    { id: 'reason', head: 'Why', width: '22%', cell: ({ reason }) => <HostileText text={reason} /> },
    {
      id: 'by',
      head: 'Set',
      cell: ({ changedAt, changedBy }) => (
        <>
          <Instant at={changedAt} />, by <HostileText text={changedBy} />
        </>
      ),
    },
    ...(mayChange
      ? [
          {
            id: 'do',
            head: 'Actions',
            cell: (freeze: Freeze) => (
              <Inline space="space.100" shouldWrap rowSpace="space.050">
                <Button spacing="compact" aria-label={`Change ${freeze.name}`} onClick={() => setEditing(freeze)}>
                  Change
                </Button>
                <Button spacing="compact" appearance="subtle" aria-label={`Remove ${freeze.name}`} onClick={() => setAsked(freeze.name)}>
                  Remove
                </Button>
              </Inline>
            ),
          },
        ]
      : []),
  ];
  const add = mayChange && <Button onClick={() => setEditing(null)}>Set a freeze</Button>;
  return (
    <Stack space="space.200">
      <About>Times in which nothing is changed: the year-end accounts, a migration. No live run begins then, and one under way stops before its next item and goes on afterwards. Test runs and reading go on.</About>
      <DataTable
        label="Freezes"
        pages={pages}
        columns={columns}
        keyOf={({ name }) => name}
        toolbar={pages.rows && pages.rows.length > 0 && add}
        empty={
          <Empty title="No freezes" action={add}>
            {mayChange ? 'Set one, and policies and people alike are held up for its days.' : 'An admin can set them.'}
          </Empty>
        }
      />
      <ModalTransition>{editing !== undefined && <FreezeDialog freeze={editing} onClose={() => setEditing(undefined)} />}</ModalTransition>
      <ConfirmDialog
        isOpen={asked !== undefined}
        title={`Remove ${asked?.name ?? ''}?`}
        action="Remove the freeze"
        appearance="warning"
        isBusy={remove.isPending}
        problem={remove.error ? asProblem(remove.error) : undefined}
        onConfirm={() => asked && remove.mutate(asked)}
        onClose={() => {
          remove.reset();
          setAsked(undefined);
        }}
      >
        <Text>{asked?.isInForce ? 'It is in force now: what waits for its end goes on at once.' : 'Live runs may begin in those days.'}</Text>
      </ConfirmDialog>
    </Stack>
  );
}
