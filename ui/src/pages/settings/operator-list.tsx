import Button from '@atlaskit/button/new';
import Lozenge from '@atlaskit/lozenge';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Stack } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { usePages } from '@/api/use-pages';
import { raiseFlag } from '@/frame/flag-list';
import { type Column, DataTable } from '@/parts/data-table';
import { Field } from '@/parts/field';
import { FormDialog } from '@/parts/form-dialog';
import { Instant } from '@/parts/instant';
import { Empty } from '@/parts/page-states';
import { Person } from '@/parts/person';
import { RoleField } from '@/parts/role-field';
import { About } from './about';

type Operator = Schemas['Operator'];

const columns: readonly Column<Operator>[] = [
  { id: 'name', head: 'Name', isFixed: true, cell: (operator) => <Person name={operator.displayName} username={operator.name} email={operator.email} to={`/settings/operators/${encodeURIComponent(operator.name)}`} /> },
  { id: 'role', head: 'Role', cell: ({ role }) => <Lozenge appearance={role === 'admin' ? 'new' : role === 'approver' ? 'inprogress' : 'default'}>{role}</Lozenge> },
  { id: 'active', head: 'May sign in', cell: ({ isActive }) => (isActive ? 'yes' : <Lozenge appearance="moved">no</Lozenge>) },
  { id: 'in', head: 'Signs in by', cell: ({ signsIn }) => (signsIn === 'provider' ? 'single sign-on' : 'password') },
  { id: 'last', head: 'Last signed in', cell: ({ signedInAt }) => <Instant at={signedInAt} none="never" /> },
];

export function OperatorList() {
  const [isAdding, setIsAdding] = useState(false);
  const pages = usePages(['operators'], (cursor, signal) => answerOf(api.GET('/api/v1/operators', { params: { query: cursor ? { cursor } : {} }, signal })));
  return (
    <Stack space="space.200">
      <About>Who may sign in to Rollcall, and what they may do. Those who come by single sign-on are added when they first sign in; their role comes from their groups there.</About>
      <DataTable
        label="Operators"
        pages={pages}
        columns={columns}
        keyOf={({ name }) => name}
        toolbar={<Button onClick={() => setIsAdding(true)}>Add an operator</Button>}
        empty={<Empty title="Nobody">There is always at least one admin.</Empty>}
      />
      <ModalTransition>{isAdding && <AddOperator onClose={() => setIsAdding(false)} />}</ModalTransition>
    </Stack>
  );
}

const PLACES = ['/name', '/displayName', '/email', '/password', '/role'];

function AddOperator({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [value, setValue] = useState({ name: '', displayName: '', email: '', password: '', role: 'viewer' as Schemas['Role'] });
  const [missing, setMissing] = useState<Record<string, string>>({});
  const add = useIntention((body: Schemas['NewOperator'], key) => answerOf(api.POST('/api/v1/operators', { params: { header: { 'idempotency-key': key } }, body })), {
    onSuccess: (operator) => {
      void client.invalidateQueries({ queryKey: ['operators'] });
      raiseFlag({ kind: 'done', title: `${operator.displayName} may sign in as ${operator.role}`, description: 'Give them the password in another way than by mail; they can change it themselves.' });
      onClose();
    },
  });
  const set = (change: Partial<typeof value>) => setValue({ ...value, ...change });
  const at = (place: string) => missing[place] ?? add.error?.at(place);
  function submit() {
    const lacks = { ...(value.name.trim() ? {} : { '/name': 'Give the name to sign in with.' }), ...(value.password.length >= 12 ? {} : { '/password': 'At least 12 characters.' }) };
    setMissing(lacks);
    if (Object.keys(lacks).length > 0) return;
    add.mutate({
      name: value.name.trim(),
      role: value.role,
      password: value.password,
      ...(value.displayName.trim() ? { displayName: value.displayName.trim() } : {}),
      ...(value.email.trim() ? { email: value.email.trim() } : {}),
    });
  }
  return (
    <FormDialog title="Add an operator" action="Add" isBusy={add.isPending} problem={add.error ?? undefined} shown={PLACES} onSubmit={submit} onClose={onClose}>
      <Field label="Name to sign in with" isRequired problem={at('/name')} help="Letters, digits and . - _ @ +">
        {(control) => <Textfield {...control} autoComplete="off" value={value.name} onChange={(event) => set({ name: event.currentTarget.value })} />}
      </Field>
      <Field label="Called" problem={at('/displayName')}>
        {(control) => <Textfield {...control} autoComplete="off" value={value.displayName} onChange={(event) => set({ displayName: event.currentTarget.value })} />}
      </Field>
      <Field label="Mail address" problem={at('/email')}>
        {(control) => <Textfield {...control} type="email" autoComplete="off" value={value.email} onChange={(event) => set({ email: event.currentTarget.value })} />}
      </Field>
      <Field label="Password" isRequired problem={at('/password')} help="At least 12 characters.">
        {(control) => <Textfield {...control} type="password" autoComplete="new-password" value={value.password} onChange={(event) => set({ password: event.currentTarget.value })} />}
      </Field>
      <RoleField value={value.role} onChange={(role) => set({ role })} problem={add.error?.at('/role')?.message} />
    </FormDialog>
  );
}
