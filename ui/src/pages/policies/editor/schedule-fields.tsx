// When a policy runs by itself: by choices or by a cron pattern, in a time zone; in words and with the next occurrences.
import Checkbox from '@atlaskit/checkbox';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import Select from '@atlaskit/select';
import Textfield from '@atlaskit/textfield';
import { useState } from 'react';
import { Choice } from '@/parts/choice';
import { Field } from '@/parts/field';
import { textAt } from '../document-reading';
import { Occurrences } from '../occurrences';
import { type Choices, DAYS, type Often, USUAL, choicesOf, cronOf } from './cron';
import { useEditorForm } from './editor-form';
import styles from './editor.module.css';

const OFTEN: readonly (readonly [Often, string])[] = [
  ['daily', 'Every day'],
  ['weekly', 'On days of the week'],
  ['monthly', 'On a day of the month'],
  ['pattern', 'By a cron pattern'],
];

const NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
/** Monday first. */
const WEEK = [1, 2, 3, 4, 5, 6, 0];

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export function ScheduleFields() {
  const { draft, problem } = useEditorForm();
  const cron = textAt(draft.document, '/schedule/cron');
  const zone = textAt(draft.document, '/schedule/timezone');
  const isSet = draft.at('/schedule') !== undefined;
  // Whoever wants to write a pattern sees it although it could be said by choices.
  const [isPattern, setIsPattern] = useState(false);
  const read = choicesOf(cron);
  const choices: Choices = isPattern ? { ...read, often: 'pattern' } : read;
  const often: Often = isSet ? choices.often : 'never';

  const write = (next: Choices) => {
    const pattern = cronOf(next);
    if (pattern !== undefined) draft.set('/schedule', { cron: pattern, timezone: zone || ownZone });
  };

  function chooseOften(next: string | undefined) {
    setIsPattern(next === 'pattern');
    if (next === undefined) draft.set('/schedule', undefined);
    else if (next === 'pattern') draft.set('/schedule', { cron: cron || cronOf(USUAL) || '', timezone: zone || ownZone });
    else write({ ...(isSet && read.often !== 'pattern' ? read : USUAL), often: next as Often });
  }

  return (
    <Stack space="space.200">
      <Inline space="space.200" alignBlock="start" shouldWrap>
        <Choice label="It runs by itself" value={often === 'never' ? undefined : often} all="Never: only when asked" options={OFTEN} onChoose={chooseOften} />
        {isSet && often !== 'pattern' && (
          <Field label="At">
            {(control) => <Textfield {...control} type="time" isCompact width={120} value={choices.time} onChange={(event) => event.currentTarget.value && write({ ...choices, time: event.currentTarget.value })} />}
          </Field>
        )}
        {often === 'monthly' && (
          <Choice
            label="Day"
            value={choices.day}
            all="1"
            options={[...Array.from({ length: 30 }, (_, at) => [String(at + 2), String(at + 2)] as const), ['L', 'the last']]}
            onChoose={(day) => write({ ...choices, day: day ?? '1' })}
          />
        )}
      </Inline>
      {often === 'weekly' && (
        <fieldset className={styles.days}>
          <legend className={styles.legend}>On</legend>
          {WEEK.map((day) => (
            <Checkbox
              key={DAYS[day]}
              label={NAMES[day] ?? ''}
              isChecked={choices.weekdays.includes(day)}
              // A week without any day is no schedule.
              isDisabled={choices.weekdays.length === 1 && choices.weekdays.includes(day)}
              onChange={() => write({ ...choices, weekdays: choices.weekdays.includes(day) ? choices.weekdays.filter((one) => one !== day) : [...choices.weekdays, day] })}
            />
          ))}
        </fieldset>
      )}
      {often === 'pattern' && (
        <Field label="Cron pattern" isRequired problem={problem('/schedule/cron') ?? problem('/schedule')} help="Minute, hour, day of the month, month, day of the week: 0 6 * * SAT is every Saturday at 06:00.">
          {(control) => <Textfield {...control} isMonospaced maxLength={200} value={cron} onChange={(event) => draft.set('/schedule/cron', event.currentTarget.value)} />}
        </Field>
      )}
      {isSet && <TimeZone />}
      {isSet && <Occurrences cron={cron} timezone={zone} />}
      {!isSet && <Text color="color.text.subtle">Somebody runs it by hand, or a program does by the API.</Text>}
    </Stack>
  );
}

interface Zone {
  label: string;
  value: string;
}

const zones: readonly Zone[] = [...new Set([ownZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((name) => ({ label: name === ownZone ? `${name} (yours)` : name, value: name }));

function TimeZone() {
  const { draft, problem } = useEditorForm();
  const zone = textAt(draft.document, '/schedule/timezone') || 'UTC';
  return (
    <div className={styles.narrow}>
      <Field label="Time zone" problem={problem('/schedule/timezone')}>
        {(control) => (
          <Select<Zone>
            inputId={control.id}
            aria-describedby={control['aria-describedby']}
            isInvalid={control.isInvalid ?? false}
            options={zones}
            value={zones.find((one) => one.value === zone) ?? { label: zone, value: zone }}
            onChange={(chosen) => chosen && draft.set('/schedule/timezone', chosen.value)}
          />
        )}
      </Field>
    </div>
  );
}
