import Checkbox from '@atlaskit/checkbox';
import { Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { useState } from 'react';
import type { Tagged } from '@/api/client';
import { EditConflict, asLines } from '@/parts/edit-conflict';
import { Field } from '@/parts/field';
import { FormDialog } from '@/parts/form-dialog';
import { RoleField } from '@/parts/role-field';
import { type Operator, type OperatorChange, useSaveOperator } from './operator-answers';

const asText = ({ displayName, email, role, isActive }: Pick<Operator, 'displayName' | 'email' | 'role' | 'isActive'>): string =>
  asLines([
    ['Called', displayName],
    ['Mail address', email],
    ['Role', role],
    ['May sign in', isActive ? 'yes' : 'no'],
  ]);

/** What it will be: what was left out of the change stays. */
const changed = (operator: Operator, { displayName, email, role, isActive }: OperatorChange) => ({
  displayName: displayName ?? operator.displayName,
  email: email ?? operator.email ?? null,
  role: role ?? operator.role,
  isActive: isActive ?? operator.isActive,
});

/** Inside a `<ModalTransition>`. */
export function ChangeOperator({ loaded, onClose }: { loaded: Tagged<Operator>; onClose: () => void }) {
  // As it was when somebody began: what is read meanwhile does not count as seen.
  const [{ value: operator, tag }] = useState(loaded);
  const [value, setValue] = useState({ displayName: operator.displayName, email: operator.email ?? '', role: operator.role, isActive: operator.isActive });
  const saving = useSaveOperator(operator.name, onClose);
  const { problem } = saving;
  const set = (part: Partial<typeof value>) => setValue({ ...value, ...part });
  const willEnd = value.role !== operator.role || (operator.isActive && !value.isActive);
  function submit() {
    // Only what is different: the rest may be somebody else's at this moment.
    void saving.save(
      {
        ...(value.displayName.trim() !== operator.displayName && value.displayName.trim() ? { displayName: value.displayName.trim() } : {}),
        ...(value.email.trim() === (operator.email ?? '') ? {} : { email: value.email.trim() }),
        ...(value.role === operator.role ? {} : { role: value.role }),
        ...(value.isActive === operator.isActive ? {} : { isActive: value.isActive }),
      },
      tag,
    );
  }
  return (
    <>
      <FormDialog title={`Change ${operator.displayName}`} action="Save" isBusy={saving.isSaving} problem={problem} shown={['/displayName', '/email', '/role']} onSubmit={submit} onClose={onClose}>
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
      <EditConflict edit={saving} what={`The operator ${operator.name}`} shown={(theirs, mine) => [asText(theirs), asText(changed(theirs, mine))]} />
    </>
  );
}
