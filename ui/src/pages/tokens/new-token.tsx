import Textfield from '@atlaskit/textfield';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { includes, useSession } from '@/frame/session';
import { Field } from '@/parts/field';
import { FormDialog } from '@/parts/form-dialog';
import { RoleField } from '@/parts/role-field';
import { ROLES } from '@/parts/role-words';

const DAY = 86_400_000;
const dayOf = (at: Date): string => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;

export function NewToken({ onClose, onMade }: { onClose: () => void; onMade: (made: Schemas['MadeToken']) => void }) {
  const client = useQueryClient();
  const { operator, role } = useSession();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<Schemas['Role']>('viewer');
  const [until, setUntil] = useState(() => dayOf(new Date(Date.now() + 90 * DAY)));
  const [missing, setMissing] = useState<Record<string, string>>({});
  const make = useIntention((body: Schemas['NewToken'], key) => answerOf(api.POST('/api/v1/tokens', { params: { header: { 'idempotency-key': key } }, body })), {
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['tokens', operator.name] });
      onMade(made);
    },
  });
  const at = (place: string) => missing[place] ?? make.error?.at(place);
  function submit() {
    // Good until the end of that day, where its owner is.
    const end = new Date(`${until}T23:59:59`);
    const lacks = { ...(name.trim() ? {} : { '/name': 'Say what it is for.' }), ...(Number.isNaN(end.getTime()) ? { '/expiresAt': 'Give a day.' } : {}) };
    setMissing(lacks);
    if (Object.keys(lacks).length === 0) make.mutate({ name: name.trim(), role: chosen, expiresAt: end.toISOString() });
  }
  return (
    <FormDialog title="Make a token" action="Make the token" isBusy={make.isPending} problem={make.error ?? undefined} shown={['/name', '/expiresAt', '/role']} onSubmit={submit} onClose={onClose}>
      <Field label="What it is for" isRequired problem={at('/name')}>
        {(control) => <Textfield {...control} autoComplete="off" placeholder="Nightly export" value={name} onChange={(event) => setName(event.currentTarget.value)} />}
      </Field>
      <RoleField value={chosen} onChange={setChosen} roles={ROLES.map(([one]) => one).filter((one) => includes(role, one))} problem={make.error?.at('/role')?.message} />
      <Field label="Good until" isRequired problem={at('/expiresAt')} help="A year from now at most.">
        {(control) => <Textfield {...control} type="date" min={dayOf(new Date())} max={dayOf(new Date(Date.now() + 364 * DAY))} value={until} onChange={(event) => setUntil(event.currentTarget.value)} />}
      </Field>
    </FormDialog>
  );
}
