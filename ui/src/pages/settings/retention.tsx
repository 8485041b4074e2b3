import Button from '@atlaskit/button/new';
import Textfield from '@atlaskit/textfield';
import { useState } from 'react';
import { type Schemas, api, taggedAnswerOf } from '@/api/client';
import { type Edit, useEdit } from '@/api/use-edit';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { EditConflict, asLines } from '@/parts/edit-conflict';
import { Field } from '@/parts/field';
import { FormColumn } from '@/parts/form-column';
import { Failed, Loading } from '@/parts/page-states';
import { About } from './about';

type Kept = Schemas['Retention'];

const FIELDS = [
  ['/snapshots/daily', 'Days of which a snapshot is kept', 'The last one of each day.'],
  ['/snapshots/weekly', 'Weeks of which a snapshot is kept', ''],
  ['/snapshots/monthly', 'Months of which a snapshot is kept', 'Policies are looked at on older snapshots: “had it run a month ago”.'],
  ['/runDays', 'Days that runs are kept', 'Their items and reports, once they are over; 30 at least.'],
  ['/mailDays', 'Days that sent mails are kept', ''],
  ['/auditYears', 'Years that the audit log is kept', 'Empty: for ever.'],
] as const;
type Place = (typeof FIELDS)[number][0];

const texts = ({ snapshots, runDays, mailDays, auditYears }: Kept): Record<Place, string> => ({
  '/snapshots/daily': String(snapshots.daily),
  '/snapshots/weekly': String(snapshots.weekly),
  '/snapshots/monthly': String(snapshots.monthly),
  '/runDays': String(runDays),
  '/mailDays': String(mailDays),
  '/auditYears': auditYears == null ? '' : String(auditYears),
});

const asText = (kept: Kept): string => {
  const values = texts(kept);
  return asLines(FIELDS.map(([place, label]) => [label, values[place] || 'for ever']));
};

export function Retention() {
  const edit = useEdit<Kept, Kept>(['settings', 'retention'], {
    load: (signal) => taggedAnswerOf(api.GET('/api/v1/settings/retention', { signal })),
    save: (body, tag) => taggedAnswerOf(api.PUT('/api/v1/settings/retention', { params: { header: { 'If-Match': tag } }, body })),
    onSaved: () => raiseFlag({ kind: 'done', title: 'How long what is kept is saved', description: 'What is past its time is dropped once a day.' }),
  });
  if (edit.loadProblem) return <Failed problem={edit.loadProblem} what="How long what is kept" retry={edit.reload} />;
  if (!edit.current) return <Loading rows={6} what="how long what is kept" />;
  return <Form key={edit.current.tag} edit={edit} loaded={edit.current.value} />;
}

function Form({ edit, loaded }: { edit: Edit<Kept, Kept>; loaded: Kept }) {
  const mayChange = useMay('admin');
  const [value, setValue] = useState(() => texts(loaded));
  const [wrong, setWrong] = useState<Partial<Record<Place, string>>>({});
  function submit() {
    const found: Partial<Record<Place, string>> = {};
    const whole = (place: Place): number => {
      if (!/^\d+$/.test(value[place].trim())) found[place] = 'A whole number.';
      return Number(value[place].trim());
    };
    const sent: Kept = {
      snapshots: { daily: whole('/snapshots/daily'), weekly: whole('/snapshots/weekly'), monthly: whole('/snapshots/monthly') },
      runDays: whole('/runDays'),
      mailDays: whole('/mailDays'),
      auditYears: value['/auditYears'].trim() === '' ? null : whole('/auditYears'),
    };
    setWrong(found);
    if (Object.keys(found).length === 0) void edit.save(sent);
  }
  return (
    <FormColumn
      label="How long what is kept"
      onSubmit={submit}
      problem={edit.problem}
      shown={FIELDS.map(([place]) => place)}
      buttons={
        mayChange && (
          <Button type="submit" appearance="primary" isLoading={edit.isSaving}>
            Save
          </Button>
        )
      }
    >
      <About>What is past its time is dropped once a day. The newest snapshot of a site always stays, and so does what something else still needs.</About>
      {FIELDS.map(([place, label, help]) => (
        <Field key={place} label={label} help={help || undefined} problem={wrong[place] ?? edit.problem?.at(place)}>
          {(control) => <Textfield {...control} isReadOnly={!mayChange} inputMode="numeric" width="small" value={value[place]} onChange={(event) => setValue({ ...value, [place]: event.currentTarget.value })} />}
        </Field>
      ))}
      <EditConflict edit={edit} what="How long what is kept" shown={(theirs, mine) => [asText(theirs), asText(mine)]} />
    </FormColumn>
  );
}
