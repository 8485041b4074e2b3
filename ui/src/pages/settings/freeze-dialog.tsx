import Checkbox from '@atlaskit/checkbox';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import TextArea from '@atlaskit/textarea';
import Textfield from '@atlaskit/textfield';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, type Tagged, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { useSaving } from '@/api/use-saving';
import { useSites } from '@/api/use-sites';
import { raiseFlag } from '@/frame/flag-list';
import { EditConflict, asLines } from '@/parts/edit-conflict';
import { Field } from '@/parts/field';
import { FormDialog } from '@/parts/form-dialog';
import styles from './settings.module.css';

type Freeze = Schemas['Freeze'];

const ZONES = Intl.supportedValuesOf('timeZone');
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const tagged = (freeze: Freeze): Tagged<Freeze> => ({ value: freeze, tag: freeze.etag });

const asText = ({ from, until, yearly, timezone, sites, reason }: Schemas['FreezeDays']): string =>
  asLines([
    ['First day', from],
    ['Last day', until],
    ['Comes every year', yearly ? 'yes' : 'no'],
    ['Time zone of these days', timezone],
    ['Sites', (sites ?? []).length === 0 ? 'all' : sites],
    ['Why', reason],
  ]);

const PLACES = ['/name', '/from', '/until', '/timezone', '/reason', '/sites'];

/** Inside a `<ModalTransition>`. `null`: a new one. */
export function FreezeDialog({ freeze: loaded, onClose }: { freeze: Freeze | null; onClose: () => void }) {
  // As it was when somebody began: what is read meanwhile does not count as seen.
  const [freeze] = useState(loaded);
  const client = useQueryClient();
  const { data: sites = [] } = useSites();
  const [value, setValue] = useState({
    name: freeze?.name ?? '',
    from: freeze?.from ?? '',
    until: freeze?.until ?? '',
    timezone: freeze?.timezone ?? HERE,
    yearly: freeze?.yearly ?? false,
    sites: freeze?.sites ?? [],
    reason: freeze?.reason ?? '',
  });
  const [missing, setMissing] = useState<Record<string, string>>({});
  const path = { name: freeze?.name ?? '' };
  function done() {
    void client.invalidateQueries({ queryKey: ['freezes'] });
    onClose();
  }
  function saved({ name, isInForce }: Freeze) {
    raiseFlag({ kind: 'done', title: `The freeze ${name} is ${isInForce ? 'in force' : 'set'}` });
    done();
  }
  const add = useIntention((body: Schemas['NewFreeze'], key) => answerOf(api.POST('/api/v1/freezes', { params: { header: { 'idempotency-key': key } }, body })), { onSuccess: saved });
  const change = useSaving<Freeze, Schemas['FreezeDays']>({
    load: async (signal) => tagged(await answerOf(api.GET('/api/v1/freezes/{name}', { params: { path }, signal }))),
    save: async (body, tag) => tagged(await answerOf(api.PUT('/api/v1/freezes/{name}', { params: { path, header: { 'If-Match': tag } }, body }))),
    onSaved: (now) => saved(now.value),
    onYield: done,
  });
  const isBusy = add.isPending || change.isSaving;
  const problem = add.error ?? change.problem;
  const set = (change: Partial<typeof value>) => setValue({ ...value, ...change });
  const at = (place: string) => missing[place] ?? problem?.at(place);
  function submit() {
    const lacks = {
      ...(value.name.trim() ? {} : { '/name': 'Give it a name.' }),
      ...(value.from ? {} : { '/from': 'Give the first day.' }),
      ...(value.until ? {} : { '/until': 'Give the last day.' }),
      ...(value.reason.trim() ? {} : { '/reason': 'Say why: it is shown to whoever is held up.' }),
    };
    setMissing(lacks);
    if (Object.keys(lacks).length > 0) return;
    const { name, ...days } = { ...value, name: value.name.trim(), reason: value.reason.trim() };
    if (freeze) void change.save(days, freeze.etag);
    else add.mutate({ name, ...days });
  }
  return (
    <>
      <FormDialog title={freeze ? `Change ${freeze.name}` : 'Set a freeze'} action={freeze ? 'Save' : 'Set'} isBusy={isBusy} problem={problem} shown={PLACES} onSubmit={submit} onClose={onClose}>
        <Field label="Name" isRequired problem={at('/name')} help="Letters, digits, hyphens, underscores and dots.">
          {(control) => <Textfield {...control} isReadOnly={freeze !== null} autoComplete="off" placeholder="year-end" value={value.name} onChange={(event) => set({ name: event.currentTarget.value })} />}
        </Field>
        <Field label="First day" isRequired problem={at('/from')}>
          {(control) => <Textfield {...control} type="date" value={value.from} onChange={(event) => set({ from: event.currentTarget.value })} />}
        </Field>
        <Field label="Last day" isRequired problem={at('/until')} help="That day included.">
          {(control) => <Textfield {...control} type="date" value={value.until} onChange={(event) => set({ until: event.currentTarget.value })} />}
        </Field>
        <Checkbox label="Comes every year" isChecked={value.yearly} onChange={(event) => set({ yearly: event.currentTarget.checked })} />
        <Field label="Time zone of these days" problem={at('/timezone')}>
          {({ isInvalid: _invalid, isRequired: _required, ...control }) => (
            <select {...control} className={styles.select} value={value.timezone} onChange={(event) => set({ timezone: event.currentTarget.value })}>
              {[...new Set([value.timezone, 'UTC', ...ZONES])].map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </select>
          )}
        </Field>
        {sites.length > 1 && (
          <div role="group" aria-label="Sites">
            <Stack space="space.050">
              {sites.map(({ name }) => (
                <Checkbox key={name} label={`At ${name}`} isChecked={value.sites.includes(name)} onChange={() => set({ sites: value.sites.includes(name) ? value.sites.filter((other) => other !== name) : [...value.sites, name] })} />
              ))}
              <Text size="small" color="color.text.subtle">
                None chosen: at all sites.
              </Text>
            </Stack>
          </div>
        )}
        <Field label="Why" isRequired problem={at('/reason')}>
          {(control) => <TextArea {...control} minimumRows={2} value={value.reason} onChange={(event) => set({ reason: event.currentTarget.value })} />}
        </Field>
      </FormDialog>
      <EditConflict edit={change} what={`The freeze ${path.name}`} shown={(theirs, mine) => [asText(theirs), asText(mine)]} />
    </>
  );
}
