// Sets a password: one's own with the old one, or, as an admin, somebody else's.
import Textfield from '@atlaskit/textfield';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { Field } from './field';
import { FormDialog } from './form-dialog';

interface PasswordDialogProps {
  operator: string;
  isSelf: boolean;
  onClose: () => void;
}

/** Inside a `<ModalTransition>`. */
export function PasswordDialog({ operator, isSelf, onClose }: PasswordDialogProps) {
  const client = useQueryClient();
  const [old, setOld] = useState('');
  const [first, setFirst] = useState('');
  const [again, setAgain] = useState('');
  const [missing, setMissing] = useState<Record<string, string>>({});
  const set = useMutation({
    mutationFn: (body: Schemas['NewPassword']) => answerOf(api.PUT('/api/v1/operators/{operator}/password', { params: { path: { operator } }, body })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['sessions', operator] });
      raiseFlag({ kind: 'done', title: 'The password is set', description: isSelf ? 'Your other sessions ended.' : `The sessions of ${operator} ended.` });
      onClose();
    },
  });
  const problem = set.error ? asProblem(set.error) : undefined;
  const at = (place: string) => missing[place] ?? problem?.at(place);
  function submit() {
    const lacks = {
      ...(isSelf && !old ? { '/oldPassword': 'Give the password of now.' } : {}),
      ...(first.length >= 12 ? {} : { '/newPassword': 'At least 12 characters.' }),
      ...(first.length < 12 || first === again ? {} : { again: 'The two passwords are not the same.' }),
    };
    setMissing(lacks);
    if (Object.keys(lacks).length === 0) set.mutate({ newPassword: first, ...(isSelf ? { oldPassword: old } : {}) });
  }
  return (
    <FormDialog title={isSelf ? 'Change your password' : `Set the password of ${operator}`} action="Set the password" width="small" isBusy={set.isPending} problem={problem} shown={['/oldPassword', '/newPassword']} onSubmit={submit} onClose={onClose}>
      {isSelf && (
        <Field label="Password of now" isRequired problem={at('/oldPassword')}>
          {(control) => <Textfield {...control} type="password" autoComplete="current-password" value={old} onChange={(event) => setOld(event.currentTarget.value)} />}
        </Field>
      )}
      <Field label="New password" isRequired problem={at('/newPassword')} help="At least 12 characters.">
        {(control) => <Textfield {...control} type="password" autoComplete="new-password" value={first} onChange={(event) => setFirst(event.currentTarget.value)} />}
      </Field>
      <Field label="The same again" isRequired problem={missing.again}>
        {(control) => <Textfield {...control} type="password" autoComplete="new-password" value={again} onChange={(event) => setAgain(event.currentTarget.value)} />}
      </Field>
    </FormDialog>
  );
}
