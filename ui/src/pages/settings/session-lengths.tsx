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

type Lengths = Schemas['SessionLengths'];

const HOUR = 3600;
const DAY = 24 * HOUR;

export function SessionLengths() {
  const edit = useEdit<Lengths, Lengths>(['settings', 'sessions'], {
    load: (signal) => taggedAnswerOf(api.GET('/api/v1/settings/sessions', { signal })),
    save: (body, tag) => taggedAnswerOf(api.PUT('/api/v1/settings/sessions', { params: { header: { 'If-Match': tag } }, body })),
    onSaved: () => raiseFlag({ kind: 'done', title: 'The lengths of sessions are saved' }),
  });
  if (edit.loadProblem) return <Failed problem={edit.loadProblem} what="The lengths of sessions" retry={edit.reload} />;
  if (!edit.current) return <Loading rows={3} what="the lengths of sessions" />;
  return <Form key={edit.current.tag} edit={edit} loaded={edit.current.value} />;
}

/** As people write it: hours for the one, days for the other, with a part of one where it must be. */
const written = (seconds: number, unit: number): string => String(Number((seconds / unit).toFixed(4)));

const IDLE = 'Hours until a session that is not used ends';
const WHOLE = 'Days until a session ends in any case';

const asText = ({ idleSeconds, absoluteSeconds }: Lengths): string =>
  asLines([
    [IDLE, written(idleSeconds, HOUR)],
    [WHOLE, written(absoluteSeconds, DAY)],
  ]);

function Form({ edit, loaded }: { edit: Edit<Lengths, Lengths>; loaded: Lengths }) {
  const mayChange = useMay('admin');
  const [idle, setIdle] = useState(written(loaded.idleSeconds, HOUR));
  const [whole, setWhole] = useState(written(loaded.absoluteSeconds, DAY));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const at = (place: string) => wrong[place] ?? edit.problem?.at(place);
  function submit() {
    const idleSeconds = Math.round(Number(idle.replace(',', '.')) * HOUR);
    const absoluteSeconds = Math.round(Number(whole.replace(',', '.')) * DAY);
    const found = {
      ...(Number.isFinite(idleSeconds) && idle.trim() ? {} : { '/idleSeconds': 'A number of hours.' }),
      ...(Number.isFinite(absoluteSeconds) && whole.trim() ? {} : { '/absoluteSeconds': 'A number of days.' }),
    };
    setWrong(found);
    if (Object.keys(found).length === 0) void edit.save({ idleSeconds, absoluteSeconds });
  }
  return (
    <FormColumn
      label="How long sessions last"
      onSubmit={submit}
      problem={edit.problem}
      shown={['/idleSeconds', '/absoluteSeconds']}
      buttons={
        mayChange && (
          <Button type="submit" appearance="primary" isLoading={edit.isSaving}>
            Save
          </Button>
        )
      }
    >
      <About>Sessions under way end earlier where that is less. {mayChange ? '' : 'An admin may change this.'}</About>
      <Field label={IDLE} problem={at('/idleSeconds')} help="From five minutes (0.0834) to 30 days.">
        {(control) => <Textfield {...control} isReadOnly={!mayChange} inputMode="decimal" width="small" value={idle} onChange={(event) => setIdle(event.currentTarget.value)} />}
      </Field>
      <Field label={WHOLE} problem={at('/absoluteSeconds')} help="90 days at most.">
        {(control) => <Textfield {...control} isReadOnly={!mayChange} inputMode="decimal" width="small" value={whole} onChange={(event) => setWhole(event.currentTarget.value)} />}
      </Field>
      <EditConflict edit={edit} what="How long sessions last" shown={(theirs, mine) => [asText(theirs), asText(mine)]} />
    </FormColumn>
  );
}
