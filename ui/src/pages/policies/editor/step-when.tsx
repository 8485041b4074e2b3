import Checkbox from '@atlaskit/checkbox';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { Field } from '@/parts/field';
import { Section } from '@/parts/section';
import { textsAt } from '../document-reading';
import { useEditorForm } from './editor-form';
import styles from './editor.module.css';
import { ScheduleFields } from './schedule-fields';
import { PlaceField } from './text-fields';

const EVENTS = [
  ['account-created', 'an account was created'],
  ['login', 'somebody signed in'],
] as const;

export function StepWhen() {
  const { draft, isNew, problem } = useEditorForm();
  const events = textsAt(draft.document, '/on');
  return (
    <Stack space="space.400">
      <Stack space="space.200">
        <PlaceField at="/name" label="Name" isRequired isDisabled={!isNew} maxLength={64} help={isNew ? 'Short and for good: letters, digits, “-”, “_” and “.”.' : 'A policy keeps its name; runs and the audit log tell of it by that.'} />
        <Field label="What it is for" problem={problem('/description')} help="A sentence for people: in reports, mails and notices.">
          {(control) => <Textfield {...control} maxLength={500} value={String(draft.at('/description') ?? '')} onChange={(event) => draft.set('/description', event.currentTarget.value)} />}
        </Field>
      </Stack>
      <Section title="On a schedule">
        <ScheduleFields />
      </Section>
      <Section title="Soon after something happened">
        <Stack space="space.150">
          <Text>For those accounts alone that it happened to, if the criterion selects them.</Text>
          <div role="group" aria-label="It runs soon after">
            {EVENTS.map(([event, words]) => (
              <Checkbox
                key={event}
                label={`after ${words}`}
                isChecked={events.includes(event)}
                onChange={() => {
                  const now = EVENTS.map(([one]) => one).filter((one) => (one === event ? !events.includes(one) : events.includes(one)));
                  draft.set('/on', now.length > 0 ? [...now] : undefined);
                }}
              />
            ))}
          </div>
          {problem('/on', 'below') && <p className={styles.problem}>{problem('/on', 'below')?.message}</p>}
          {events.length > 0 && <PlaceField at="/poll" label="How often the sites are looked at" placeholder="15m" width={120} help="Minutes or hours, such as 5m or 2h." />}
        </Stack>
      </Section>
      <Section title="On what is known of the site">
        <PlaceField at="/snapshot-max-age" label="The site is read anew if it was read longer ago than" placeholder="24h" width={120} help="Such as 12h or 2d." />
      </Section>
    </Stack>
  );
}
