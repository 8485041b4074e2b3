// Where a site is and what Rollcall is told about it. Saving sends the version that was loaded.
import Button from '@atlaskit/button/new';
import { Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Schemas, api, taggedAnswerOf } from '@/api/client';
import { useEdit } from '@/api/use-edit';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { EditConflict, asLines } from '@/parts/edit-conflict';
import { Field } from '@/parts/field';
import { FormColumn } from '@/parts/form-column';
import { GroupsField } from '@/parts/groups-field';
import { Failed, Forbidden, Loading } from '@/parts/page-states';
import { CREDENTIAL_PLACES, CredentialsFields, NO_CREDENTIALS, missingCredentials, sentCredentials } from './credentials-fields';
import { RecordsEveryLogin } from './records-every-login';
import { WhereFields } from './where-fields';

type Settings = Required<Schemas['SiteSettings']>;
type Change = Schemas['SiteChange'];

const GROUPS = [
  ['protectedGroups', 'Protected groups', 'Nothing that Rollcall does may change their members, nested ones included: no policy, no plan, nobody.'],
  ['licenceGroups', 'Groups that give a seat', 'Only where the site does not list its global permissions itself.'],
  ['adminGroups', 'Groups that administer the site', 'Only where the site does not list its global permissions itself.'],
] as const;
const NUMBERS = [
  ['auditDays', 'Days of the audit log', 'So many days of the site’s audit log are read at each sync, to see who was active; 0: it is not read.'],
  ['contributions', 'Searches for contributions', 'For so many accounts at most the newest page or comment is searched at each sync, one request each; 0: for none.'],
  ['concurrency', 'Requests at once', 'How many requests are under way at the site at the same time.'],
  ['timeoutSeconds', 'Seconds until a request is given up', ''],
] as const;

const asText = ({ url, settings }: Pick<Schemas['Site'], 'url' | 'settings'>, replaced: readonly string[]): string =>
  asLines([
    ['Address', url],
    ...replaced.map((what) => [what, 'others than now'] as const),
    ...GROUPS.map(([field, label]) => [label, settings[field] ?? []] as const),
    ['Records every login', settings.recordsEveryLogin ? 'yes' : 'no'],
    ...NUMBERS.map(([field, label]) => [label, settings[field]] as const),
    ['Requests in a second', settings.perSecond ?? 'as many as it answers'],
  ]);

/** Whether an address leads to another server than before: its credentials are to be given with it. */
function isAnotherServer(before: string, now: string): boolean {
  try {
    return new URL(now).origin !== new URL(before).origin;
  } catch {
    // Not an address yet; the server says what is wrong with it.
    return false;
  }
}

export function SiteSettings({ site }: { site: string }) {
  const mayChange = useMay('admin');
  const client = useQueryClient();
  const path = { site };
  const edit = useEdit<Schemas['Site'], Change>(['site', site, 'edit'], {
    isWanted: mayChange,
    load: (signal) => taggedAnswerOf(api.GET('/api/v1/sites/{site}', { params: { path }, signal })),
    save: (body, tag) => taggedAnswerOf(api.PATCH('/api/v1/sites/{site}', { params: { path, header: { 'If-Match': tag } }, body })),
    onSaved: (saved) => {
      client.setQueryData(['site', site], saved);
      void client.invalidateQueries({ queryKey: ['sites'] });
      raiseFlag({ kind: 'done', title: `${site} is saved`, description: 'What was changed counts from the next sync and the next plan on.' });
    },
  });
  if (!mayChange) return <Forbidden needs="admin" />;
  if (edit.loadProblem) return <Failed problem={edit.loadProblem} what="The settings of the site" retry={edit.reload} />;
  if (!edit.current) return <Loading what="the settings" />;
  return <Form key={edit.current.tag} site={site} edit={edit} loaded={edit.current.value} />;
}

function Form({ site, edit, loaded }: { site: string; edit: ReturnType<typeof useEdit<Schemas['Site'], Change>>; loaded: Schemas['Site'] }) {
  const [url, setUrl] = useState(loaded.url);
  const [authorities, setAuthorities] = useState('');
  const [credentials, setCredentials] = useState(NO_CREDENTIALS);
  const isMoving = isAnotherServer(loaded.url, url.trim());
  const [settings, setSettings] = useState(loaded.settings as Settings);
  const [numbers, setNumbers] = useState<Record<string, string>>(() => Object.fromEntries([...NUMBERS.map(([field]) => [field, String(loaded.settings[field] ?? '')]), ['perSecond', loaded.settings.perSecond == null ? '' : String(loaded.settings.perSecond)]]));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  useEffect(() => setWrong({}), [numbers, credentials, isMoving]);
  const set = (change: Partial<Settings>) => setSettings((before) => ({ ...before, ...change }));
  const at = (place: string) => edit.problem?.at(place);
  const shown = [...(isMoving ? CREDENTIAL_PLACES : []), '/url', '/certificateAuthorities', '/settings/perSecond', ...[...GROUPS, ...NUMBERS].map(([field]) => `/settings/${field}`)];

  function submit() {
    const found: Record<string, string> = {};
    const whole = (field: string): number => {
      const text = (numbers[field] ?? '').trim();
      if (!/^\d+$/.test(text)) found[field] = 'A whole number.';
      return Number(text);
    };
    const sent: Settings = { ...settings, perSecond: (numbers.perSecond ?? '').trim() === '' ? null : whole('perSecond') };
    for (const [field] of NUMBERS) sent[field] = whole(field);
    if (isMoving) Object.assign(found, missingCredentials(credentials));
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    const change: Change = { settings: sent, ...(url.trim() === loaded.url ? {} : { url: url.trim() }), ...(isMoving ? { credentials: sentCredentials(credentials) } : {}), ...(authorities.trim() ? { certificateAuthorities: authorities } : {}) };
    void edit.save(change);
  }

  return (
    <FormColumn
      label={`Settings of ${site}`}
      onSubmit={submit}
      problem={edit.problem}
      shown={shown}
      buttons={
        <Button type="submit" appearance="primary" isLoading={edit.isSaving}>
          Save
        </Button>
      }
    >
      <WhereFields url={url} onUrl={setUrl} urlProblem={at('/url')} authorities={authorities} onAuthorities={setAuthorities} authoritiesProblem={at('/certificateAuthorities')} isChange />
      {isMoving && (
        <>
          <Text>This is another server. The credentials of now are sent to no other than the one they were given for: give those for this one.</Text>
          <CredentialsFields value={credentials} onChange={setCredentials} missing={wrong} problem={edit.problem} />
        </>
      )}
      {GROUPS.map(([field, label, help]) => (
        <Field key={field} label={label} help={help} problem={at(`/settings/${field}`)}>
          {(control) => <GroupsField control={control} site={site} value={settings[field]} onChange={(names) => set({ [field]: names })} />}
        </Field>
      ))}
      <RecordsEveryLogin isChecked={settings.recordsEveryLogin} onChange={(is) => set({ recordsEveryLogin: is })} />
      {NUMBERS.map(([field, label, help]) => (
        <Field key={field} label={label} help={help || undefined} problem={wrong[field] ?? at(`/settings/${field}`)}>
          {(control) => <Textfield {...control} inputMode="numeric" width="small" value={numbers[field] ?? ''} onChange={(event) => setNumbers({ ...numbers, [field]: event.currentTarget.value })} />}
        </Field>
      ))}
      <Field label="Requests in a second" help="Empty: as fast as the site answers." problem={wrong.perSecond ?? at('/settings/perSecond')}>
        {(control) => <Textfield {...control} inputMode="numeric" width="small" value={numbers.perSecond ?? ''} onChange={(event) => setNumbers({ ...numbers, perSecond: event.currentTarget.value })} />}
      </Field>
      <EditConflict edit={edit} what={`The site ${site}`} shown={(theirs, mine) => [asText(theirs, []), asText({ url: mine.url ?? theirs.url, settings: { ...theirs.settings, ...(mine.settings as Partial<Settings> | null) } }, [...(mine.credentials ? ['Credentials'] : []), ...(mine.certificateAuthorities ? ['Certificate authorities'] : [])])]} />
    </FormColumn>
  );
}
