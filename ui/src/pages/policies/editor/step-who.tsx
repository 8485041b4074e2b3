import Checkbox from '@atlaskit/checkbox';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useState } from 'react';
import { useSites } from '@/api/use-sites';
import { CriterionBar } from '@/criterion/criterion-bar';
import { Choice } from '@/parts/choice';
import { Field } from '@/parts/field';
import { Section } from '@/parts/section';
import { GroupsField } from '@/parts/groups-field';
import { textAt, textsAt } from '../document-reading';
import { Hits } from '../hits';
import { useEditorForm } from './editor-form';
import styles from './editor.module.css';
import { PlaceField } from './text-fields';

export function StepWho() {
  const { draft, problem } = useEditorForm();
  const sites = useSites();
  const chosen = textsAt(draft.document, '/sites');
  const criterion = textAt(draft.document, '/select');
  const [looked, look] = useState<string>();
  // The counts are those of one site at a time.
  const site = looked !== undefined && chosen.includes(looked) ? looked : chosen[0];
  const names = [...new Set([...(sites.data ?? []).map((one) => one.name), ...chosen])];
  const wrongSites = problem('/sites', 'below');
  return (
    <Stack space="space.400">
      <fieldset className={styles.group} aria-describedby={wrongSites ? 'policy-sites-problem' : undefined}>
        <legend className={styles.legend}>Sites</legend>
        <Text color="color.text.subtle">Each gets a plan and a run of its own.</Text>
        {names.map((name) => (
          <Checkbox
            key={name}
            label={name}
            isChecked={chosen.includes(name)}
            onChange={() =>
              draft.set(
                '/sites',
                names.filter((one) => (one === name ? !chosen.includes(one) : chosen.includes(one))),
              )
            }
          />
        ))}
        {sites.data?.length === 0 && <Text>No site is connected yet: an admin connects one under Sites.</Text>}
        {wrongSites && (
          <p id="policy-sites-problem" className={styles.problem}>
            {chosen.length === 0 ? 'Choose at least one site.' : wrongSites.message}
          </p>
        )}
      </fieldset>
      <Stack space="space.200">
        {chosen.length > 1 && <Choice label="Looked at on" value={site === chosen[0] ? undefined : site} all={chosen[0] ?? ''} options={chosen.slice(1).map((one) => [one, one])} onChoose={(one) => look(one ?? chosen[0])} />}
        <CriterionBar
          label="Criterion: whom it selects"
          site={site}
          value={criterion}
          onChange={(text) => draft.set('/select', text)}
          isRequired
          problem={problem('/select')}
          help="Everybody is written: all"
        />
      </Stack>
      {site && criterion.trim() !== '' && (
        <Section title="Had it run earlier">
          <Hits site={site} criterion={criterion} />
        </Section>
      )}
      <Section title="Left alone">
        <Stack space="space.200">
          <PlaceField at="/grace" label="Accounts younger than this, or enabled again more recently" placeholder="7d" width={120} help="Such as 7d or 2w; 0d: none for this reason." />
          <div className={styles.narrow}>
            <Field label="Members of these groups, besides those that the site protects" problem={problem('/protected-groups', 'below')}>
              {(control) => <GroupsField control={control} site={site} value={textsAt(draft.document, '/protected-groups')} onChange={(groups) => draft.set('/protected-groups', groups.length > 0 ? groups : undefined)} />}
            </Field>
          </div>
          <Text color="color.text.subtle">Exempt accounts, administrators&apos; last account and Rollcall&apos;s own are left alone by every policy.</Text>
        </Stack>
      </Section>
    </Stack>
  );
}
