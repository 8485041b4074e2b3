// The sessions of an operator that have not ended; any of them can be ended.
import Button from '@atlaskit/button/new';
import Lozenge from '@atlaskit/lozenge';
import { Inline, Stack } from '@atlaskit/primitives/compiled';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { usePages } from '@/api/use-pages';
import { raiseFlag } from '@/frame/flag-list';
import { type Column, DataTable } from './data-table';
import { HostileText } from './hostile-text';
import { Instant } from './instant';
import { counted } from './numbers';
import { Empty, ProblemMessage } from './page-states';

type OpenSession = Schemas['OpenSession'];

export function SessionsOf({ operator }: { operator: string }) {
  const client = useQueryClient();
  const pages = usePages(['sessions', operator], (cursor, signal) => answerOf(api.GET('/api/v1/operators/{operator}/sessions', { params: { path: { operator }, query: cursor ? { cursor } : {} }, signal })));
  const ended = () => void client.invalidateQueries({ queryKey: ['sessions', operator] });
  const endOne = useMutation({
    mutationFn: (session: string) => answerOf(api.DELETE('/api/v1/operators/{operator}/sessions/{session}', { params: { path: { operator, session } } })),
    onSuccess: ended,
  });
  const endAll = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/v1/operators/{operator}/sessions', { params: { path: { operator } } })),
    onSuccess: (answer) => {
      raiseFlag({ kind: 'done', title: `${counted(answer.ended, 'session')} ended` });
      ended();
    },
  });
  const columns: readonly Column<OpenSession>[] = [
    {
      id: 'from',
      head: 'From',
      cell: (session) => (
        <Inline space="space.075" alignBlock="center" shouldWrap>
          <HostileText text={session.address} />
          {session.isCurrent && <Lozenge appearance="success">this one</Lozenge>}
        </Inline>
      ),
    },
    { id: 'agent', head: 'With', width: '32%', cell: ({ agent }) => (agent ? <HostileText text={agent} /> : 'not told') },
    { id: 'begun', head: 'Begun', cell: ({ createdAt }) => <Instant at={createdAt} /> },
    { id: 'seen', head: 'Used', cell: ({ seenAt }) => <Instant at={seenAt} /> },
    { id: 'ends', head: 'Ends', cell: ({ endsAt }) => <Instant at={endsAt} /> },
    {
      id: 'end',
      head: 'End it',
      cell: (session) =>
        session.isCurrent ? (
          '–'
        ) : (
          <Button spacing="compact" isLoading={endOne.isPending && endOne.variables === session.id} onClick={() => endOne.mutate(session.id)}>
            End
          </Button>
        ),
    },
  ];
  const problem = endOne.error ?? endAll.error;
  const others = pages.rows?.some((session) => !session.isCurrent) ?? false;
  return (
    <Stack space="space.100">
      {problem && <ProblemMessage problem={asProblem(problem)} />}
      <DataTable
        label="Sessions"
        pages={pages}
        columns={columns}
        keyOf={({ id }) => id}
        toolbar={
          others && (
            <Button isLoading={endAll.isPending} onClick={() => endAll.mutate()}>
              End all but this one
            </Button>
          )
        }
        empty={<Empty title="Nobody is signed in">Sessions that have not ended are listed here.</Empty>}
      />
    </Stack>
  );
}
