// One operator: role, password, sessions, tokens.
import Button from '@atlaskit/button/new';
import Heading from '@atlaskit/heading';
import Lozenge from '@atlaskit/lozenge';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { type Tagged, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { useSession } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Failed, Loading } from '@/parts/page-states';
import { PasswordDialog } from '@/parts/password-dialog';
import { Section } from '@/parts/section';
import { SessionsOf } from '@/parts/sessions-of';
import { TokensOf } from '@/parts/tokens-of';
import { ChangeOperator } from './change-operator';
import { type Operator, loadOperator, operatorKey } from './operator-answers';

export function OperatorPage() {
  const { operator: name = '' } = useParams();
  const { data, error, refetch } = useQuery({ queryKey: operatorKey(name), queryFn: ({ signal }) => loadOperator(name, signal) });
  return (
    <Stack space="space.200">
      <div>
        <Link to="/settings/operators">All operators</Link>
      </div>
      {!data && (error ? <Failed problem={asProblem(error)} what="The operator" retry={() => void refetch()} /> : <Loading what="the operator" />)}
      {data && <Shown loaded={data} />}
    </Stack>
  );
}

function Shown({ loaded }: { loaded: Tagged<Operator> }) {
  const { value: operator, tag } = loaded;
  const client = useQueryClient();
  const navigate = useNavigate();
  const isSelf = useSession().operator.name === operator.name;
  const [open, setOpen] = useState<'change' | 'password' | 'remove'>();
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/v1/operators/{operator}', { params: { path: { operator: operator.name }, header: { 'If-Match': tag } } })),
    onSuccess: () => {
      navigate('/settings/operators');
      raiseFlag({ kind: 'done', title: `${operator.displayName} is removed`, description: 'Their sessions and tokens ended.' });
      void client.invalidateQueries({ queryKey: ['operators'] });
    },
    // Somebody else changed them: theirs is looked at before the next try.
    onError: () => client.invalidateQueries({ queryKey: operatorKey(operator.name) }),
  });
  return (
    <Stack space="space.400">
      <Stack space="space.200">
        <Inline space="space.100" spread="space-between" alignBlock="center" shouldWrap rowSpace="space.100">
          <Inline space="space.100" alignBlock="center">
            <Heading size="small" as="h2">
              <HostileText text={operator.displayName} />
            </Heading>
            {!operator.isActive && <Lozenge appearance="moved">may not sign in</Lozenge>}
          </Inline>
          <Inline space="space.100" shouldWrap rowSpace="space.100">
            <Button onClick={() => setOpen('change')}>Change</Button>
            {operator.signsIn === 'password' && <Button onClick={() => setOpen('password')}>Set password</Button>}
            <Button appearance="subtle" onClick={() => setOpen('remove')}>
              Remove
            </Button>
          </Inline>
        </Inline>
        <Facts
          facts={[
            ['Name to sign in with', <HostileText key="n" text={operator.name} />],
            ['Role', operator.role],
            ['Mail address', operator.email ? <HostileText key="m" text={operator.email} /> : '–'],
            ['Signs in by', operator.signsIn === 'provider' ? 'single sign-on' : 'password'],
            ['Last signed in', <Instant key="l" at={operator.signedInAt} none="never" />],
            ['Known since', <Instant key="k" at={operator.createdAt} />],
          ]}
        />
        <div>
          <Link to={`/audit?${new URLSearchParams({ actor: operator.name })}`}>What they did, in the audit log</Link>
        </div>
      </Stack>
      <Section title="Sessions">
        <SessionsOf operator={operator.name} />
      </Section>
      <Section title="Tokens">
        <TokensOf owner={operator.name} />
      </Section>
      <ModalTransition>{open === 'change' && <ChangeOperator loaded={loaded} onClose={() => setOpen(undefined)} />}</ModalTransition>
      <ModalTransition>{open === 'password' && <PasswordDialog operator={operator.name} isSelf={isSelf} onClose={() => setOpen(undefined)} />}</ModalTransition>
      <ConfirmDialog
        isOpen={open === 'remove'}
        title={`Remove ${operator.displayName}?`}
        action="Remove"
        appearance="danger"
        typed={operator.name}
        isBusy={remove.isPending}
        problem={remove.error ? asProblem(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
        onClose={() => {
          remove.reset();
          setOpen(undefined);
        }}
      >
        <Text>Their sessions and tokens end at once. What they did stays in the audit log. To keep them and only bar them from signing in, change them instead.</Text>
      </ConfirmDialog>
    </Stack>
  );
}
