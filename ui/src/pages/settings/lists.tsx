// Lists of names or addresses, for the field `list` of criteria.
import Button from '@atlaskit/button/new';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api, taggedAnswerOf } from '@/api/client';
import { download } from '@/api/download';
import { asProblem } from '@/api/problems';
import { usePages } from '@/api/use-pages';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { useAddress } from '@/frame/use-address';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText, plain } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { Empty, sentence } from '@/parts/page-states';
import { About } from './about';
import { ImportList } from './import-list';
import { ListEntries } from './list-entries';
import styles from './settings.module.css';

type List = Schemas['List'];

async function keepAsFile(name: string): Promise<void> {
  try {
    await download(`/api/v1/lists/${encodeURIComponent(name)}/entries`, { accept: 'text/csv', name: `${name}.csv` });
  } catch (thrown) {
    raiseFlag({ kind: 'failed', title: `${name} could not be loaded`, description: sentence(asProblem(thrown).detail) });
  }
}

export default function Lists() {
  const client = useQueryClient();
  const mayChange = useMay('operator');
  const [shown, setShown] = useAddress('list');
  const [importing, setImporting] = useState<{ name: string } | undefined>();
  const [asked, setAsked] = useState<List>();
  const pages = usePages(['lists'], (cursor, signal) => answerOf(api.GET('/api/v1/lists', { params: { query: cursor ? { cursor } : {} }, signal })));
  const remove = useMutation({
    mutationFn: ({ name, tag }: { name: string; tag: string }) => answerOf(api.DELETE('/api/v1/lists/{list}', { params: { path: { list: name }, header: { 'If-Match': tag } } })),
    onSuccess: () => {
      raiseFlag({ kind: 'done', title: 'The list is forgotten' });
      setAsked(undefined);
      void client.invalidateQueries({ queryKey: ['lists'] });
    },
  });
  // The version that the question is about: whoever changes the list meanwhile is not overruled.
  const looked = useQuery({
    queryKey: ['lists', asked?.name, 'asked'],
    queryFn: ({ signal }) => taggedAnswerOf(api.GET('/api/v1/lists/{list}', { params: { path: { list: asked?.name ?? '' } }, signal })),
    enabled: asked !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const problem = remove.error ?? looked.error;
  const columns: readonly Column<List>[] = [
    {
      id: 'name',
      head: 'Name',
      isFixed: true,
      cell: ({ name }) => (
        <button type="button" className={styles.open} onClick={() => setShown(name)}>
          <HostileText text={name} />
        </button>
      ),
    },
    { id: 'entries', head: 'Entries', align: 'end', cell: ({ entries }) => number(entries) },
    {
      id: 'changed',
      head: 'Changed',
      cell: ({ changedAt, changedBy }) => (
        <>
          <Instant at={changedAt} />, by <HostileText text={changedBy} />
        </>
      ),
    },
    {
      id: 'do',
      head: 'Actions',
      cell: (list) => (
        <Inline space="space.100" shouldWrap rowSpace="space.050">
          <Button spacing="compact" aria-label={`Save ${plain(list.name)} as CSV`} onClick={() => void keepAsFile(list.name)}>
            CSV
          </Button>
          {mayChange && (
            <>
              <Button spacing="compact" aria-label={`Replace ${plain(list.name)}`} onClick={() => setImporting({ name: list.name })}>
                Replace
              </Button>
              <Button spacing="compact" appearance="subtle" aria-label={`Remove ${plain(list.name)}`} onClick={() => setAsked(list)}>
                Remove
              </Button>
            </>
          )}
        </Inline>
      ),
    },
  ];
  const add = mayChange && <Button onClick={() => setImporting({ name: '' })}>Import a list</Button>;
  return (
    <Stack space="space.200">
      <About>
        Names or addresses from elsewhere: people who left, says the personnel department, or whom an auditor asked about. A criterion finds them with <code>list = "leavers-2026-11"</code>.
      </About>
      <DataTable
        label="Lists"
        pages={pages}
        columns={columns}
        keyOf={({ name }) => name}
        toolbar={pages.rows && pages.rows.length > 0 && add}
        empty={
          <Empty title="No lists" action={add}>
            A CSV file with a column of sign-in names or addresses becomes a list that criteria can use.
          </Empty>
        }
      />
      <ModalTransition>{importing && <ImportList name={importing.name} onClose={() => setImporting(undefined)} />}</ModalTransition>
      <ModalTransition>{shown && <ListEntries list={shown} onClose={() => setShown(undefined)} />}</ModalTransition>
      <ConfirmDialog
        isOpen={asked !== undefined}
        title="Remove the list?"
        action="Remove"
        appearance="danger"
        isBusy={remove.isPending || looked.isLoading}
        problem={problem ? asProblem(problem) : undefined}
        onConfirm={() => looked.data && remove.mutate({ name: looked.data.value.name, tag: looked.data.tag })}
        onClose={() => {
          remove.reset();
          setAsked(undefined);
        }}
      >
        <Text>Criteria that name “{asked && plain(asked.name)}” are refused from then on, those of policies too.</Text>
      </ConfirmDialog>
    </Stack>
  );
}
