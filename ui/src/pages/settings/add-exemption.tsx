import { RadioGroup } from '@atlaskit/radio';
import TextArea from '@atlaskit/textarea';
import Textfield from '@atlaskit/textfield';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { raiseFlag } from '@/frame/flag-list';
import { Field } from '@/parts/field';
import { FormDialog } from '@/parts/form-dialog';
import { ExemptAlready, useExempting } from '@/parts/use-exempting';

export function AddExemption({ site, onClose }: { site: string; onClose: () => void }) {
  const client = useQueryClient();
  const [value, setValue] = useState({ kind: 'account' as Schemas['ExemptKind'], name: '', reason: '', until: '' });
  const [missing, setMissing] = useState<Record<string, string>>({});
  const { exempting: add, there: thereOf } = useExempting(site, () => {
    raiseFlag({ kind: 'done', title: 'The exemption is in force' });
    for (const key of ['exemptions', 'accounts', 'account']) void client.invalidateQueries({ queryKey: [key] });
    onClose();
  });
  const there = thereOf({ kind: value.kind, name: value.name.trim() });
  const set = (change: Partial<typeof value>) => setValue({ ...value, ...change });
  const at = (place: string) => missing[place] ?? add.error?.at(place);
  function submit() {
    const lacks = { ...(value.name.trim() ? {} : { '/name': 'Give the name.' }), ...(value.reason.trim() ? {} : { '/reason': 'Say why: whoever looks at it later wants to know.' }) };
    setMissing(lacks);
    if (Object.keys(lacks).length > 0) return;
    // To the end of the day, where the operator is.
    add.mutate({ kind: value.kind, name: value.name.trim(), reason: value.reason.trim(), ...(value.until ? { until: new Date(`${value.until}T23:59:59`).toISOString() } : {}) });
  }
  return (
    <FormDialog title={`Exempt somebody at ${site}`} action={there ? 'Replace the exemption' : 'Exempt'} isBusy={add.isPending} problem={add.error ?? undefined} shown={['/name', '/reason', '/until']} onSubmit={submit} onClose={onClose}>
      <RadioGroup
        aria-label="What is exempt"
        name="kind"
        value={value.kind}
        onChange={(event) => set({ kind: event.currentTarget.value as Schemas['ExemptKind'] })}
        options={[
          { name: 'kind', value: 'account', label: 'An account' },
          { name: 'kind', value: 'group', label: 'A group: all its members, nested ones included' },
        ]}
      />
      <Field label={value.kind === 'account' ? 'Sign-in name' : 'Name of the group'} isRequired problem={at('/name')} help="As in the newest snapshot.">
        {(control) => <Textfield {...control} autoComplete="off" spellCheck={false} value={value.name} onChange={(event) => set({ name: event.currentTarget.value })} />}
      </Field>
      <Field label="Why" isRequired problem={at('/reason')}>
        {(control) => <TextArea {...control} minimumRows={2} value={value.reason} onChange={(event) => set({ reason: event.currentTarget.value })} />}
      </Field>
      <Field label="Until" problem={at('/until')} help="Empty: for good.">
        {(control) => <Textfield {...control} type="date" value={value.until} onChange={(event) => set({ until: event.currentTarget.value })} />}
      </Field>
      <ExemptAlready there={there} />
    </FormDialog>
  );
}
