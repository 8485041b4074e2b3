// The tokens of somebody: until when they are good, when they were used, and to take them back.
import Button from '@atlaskit/button/new';
import Lozenge from '@atlaskit/lozenge';
import { Inline, Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { usePages } from '@/api/use-pages';
import { raiseFlag } from '@/frame/flag-list';
import { ConfirmDialog } from './confirm-dialog';
import { type Column, DataTable } from './data-table';
import { HostileText, plain } from './hostile-text';
import { Instant } from './instant';
import { Empty } from './page-states';

type Token = Schemas['Token'];

const SOON = 14 * 86_400_000;

function Ends({ at }: { at: string }) {
  const left = new Date(at).getTime() - Date.now();
  return (
    <Inline space="space.075" alignBlock="center" shouldWrap>
      <Instant at={at} />
      {left <= 0 ? <Lozenge appearance="removed">ended</Lozenge> : left < SOON ? <Lozenge appearance="moved">soon</Lozenge> : null}
    </Inline>
  );
}

interface TokensOfProps {
  owner: string;
  toolbar?: ReactNode;
  empty?: ReactNode;
}

export function TokensOf({ owner, toolbar, empty }: TokensOfProps) {
  const client = useQueryClient();
  const [asked, setAsked] = useState<Token>();
  const pages = usePages(['tokens', owner], (cursor, signal) => answerOf(api.GET('/api/v1/tokens', { params: { query: { owner, ...(cursor ? { cursor } : {}) } }, signal })));
  const revoke = useMutation({
    mutationFn: (token: string) => answerOf(api.DELETE('/api/v1/tokens/{token}', { params: { path: { token } } })),
    onSuccess: () => {
      raiseFlag({ kind: 'done', title: 'The token is good no more' });
      setAsked(undefined);
      void client.invalidateQueries({ queryKey: ['tokens', owner] });
    },
  });
  const columns: readonly Column<Token>[] = [
    { id: 'name', head: 'For', cell: ({ name }) => <HostileText text={name} /> },
    { id: 'role', head: 'Role', cell: ({ role }) => role },
    { id: 'made', head: 'Made', cell: ({ createdAt }) => <Instant at={createdAt} /> },
    { id: 'ends', head: 'Ends', cell: ({ expiresAt }) => <Ends at={expiresAt} /> },
    { id: 'used', head: 'Last used', cell: ({ usedAt }) => <Instant at={usedAt} none="never" /> },
    {
      id: 'revoke',
      head: 'Take back',
      cell: (token) => (
        <Button spacing="compact" aria-label={`Revoke ${plain(token.name)}`} onClick={() => setAsked(token)}>
          Revoke
        </Button>
      ),
    },
  ];
  return (
    <>
      <DataTable label="Tokens" pages={pages} columns={columns} keyOf={({ id }) => id} toolbar={toolbar} empty={empty ?? <Empty title="No tokens">Tokens are made by their owner, under “My tokens”.</Empty>} />
      <ConfirmDialog
        isOpen={asked !== undefined}
        title="Revoke the token?"
        action="Revoke"
        appearance="danger"
        isBusy={revoke.isPending}
        problem={revoke.error ? asProblem(revoke.error) : undefined}
        onConfirm={() => asked && revoke.mutate(asked.id)}
        onClose={() => {
          revoke.reset();
          setAsked(undefined);
        }}
      >
        <Text>
          Whatever signs in with “{asked && plain(asked.name)}” is refused from now on, for good.
        </Text>
      </ConfirmDialog>
    </>
  );
}
