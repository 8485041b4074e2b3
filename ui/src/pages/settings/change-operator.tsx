import Checkbox from '@atlaskit/checkbox';
import { Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, type Tagged, api, taggedAnswerOf } from '@/api/client';
import { asProblem } from '@/api/problems';
import { Field } from '@/parts/field';
import { FormDialog } from '@/parts/form-dialog';
import { RoleField } from '@/parts/role-field';

export function ChangeOperator({ loaded, onClose }: { loaded: Tagged<Schemas['Operator']>; onClose: () => void }) {
  const { value: operator, tag } = loaded;
  const client = useQueryClient();
  const [value, setValue] = useState({ displayName: operator.displayName, email: operator.email ?? '', role: operator.role, isActive: operator.isActive });
  const change = useMutation({
    mutationFn: (body: Schemas['OperatorChange']) => taggedAnswerOf(api.PATCH('/api/v1/operators/{operator}', { params: { path: { operator: operator.name }, header: { 'If-Match': tag } }, body })),
    onSuccess: (saved) => {
      client.setQueryData(['operator', operator.name], saved);
      for (const key of ['operators', 'sessions', 'session']) void client.invalidateQueries({ queryKey: [key] });
      onClose();
    },
    // Somebody else changed them: theirs is looked at before the next try.
    onError: () => client.invalidateQueries({ queryKey: ['operator', operator.name] }),
  });
  const problem = change.error ? asProblem(change.error) : undefined;
  const set = (part: Partial<typeof value>) => setValue({ ...value, ...part });
  const willEnd = value.role !== operator.role || (operator.isActive && !value.isActive);
  function submit() {
    // Only what is different: the rest may be somebody else's at this moment.
    change.mutate({
      ...(value.displayName.trim() !== operator.displayName && value.displayName.trim() ? { displayName: value.displayName.trim() } : {}),
      ...(value.email.trim() === (operator.email ?? '') ? {} : { email: value.email.trim() }),
      ...(value.role === operator.role ? {} : { role: value.role }),
      ...(value.isActive === operator.isActive ? {} : { isActive: value.isActive }),
    });
  }
  return (
    <FormDialog title={`Change ${operator.displayName}`} action="Save" isBusy={change.isPending} problem={problem} shown={['/displayName', '/email', '/role']} onSubmit={submit} onClose={onClose}>
      <Field label="Called" problem={problem?.at('/displayName')}>
        {(control) => <Textfield {...control} autoComplete="off" value={value.displayName} onChange={(event) => set({ displayName: event.currentTarget.value })} />}
      </Field>
      <Field label="Mail address" problem={problem?.at('/email')}>
        {(control) => <Textfield {...control} type="email" autoComplete="off" value={value.email} onChange={(event) => set({ email: event.currentTarget.value })} />}
      </Field>
      <RoleField value={value.role} onChange={(role) => set({ role })} problem={problem?.at('/role')?.message} />
      <Checkbox label="May sign in" isChecked={value.isActive} onChange={(event) => set({ isActive: event.currentTarget.checked })} />
      {willEnd && <Text color="color.text.warning">Their sessions end when this is saved.</Text>}
    </FormDialog>
  );
}
