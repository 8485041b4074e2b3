import Checkbox from '@atlaskit/checkbox';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { Section } from '@/parts/section';
import { readAction } from '../action-list';
import { ActionsField } from './actions-field';
import { useEditorForm } from './editor-form';
import styles from './editor.module.css';
import { PlaceField } from './text-fields';

export function StepWhat() {
  const { draft } = useEditorForm();
  const actions = draft.at('/actions');
  const notifies = Array.isArray(actions) && actions.some((action) => readAction(action)?.kind === 'notify');
  return (
    <Stack space="space.400">
      <Section title="What is made true of each account">
        <ActionsField />
      </Section>
      {notifies && (
        <Section title="What its owner is told">
          <Stack space="space.200">
            <PlaceField at="/notice/announces" label="What is going to happen, to follow “your account”" placeholder="will be reviewed and may be disabled" />
            <div className={styles.grid}>
              <PlaceField at="/notice/before" label="Something happens so long after at the earliest" placeholder="14d" />
              <PlaceField at="/notice/keep-for" label="“I still need this” exempts for" placeholder="180d" />
            </div>
          </Stack>
        </Section>
      )}
      <Section title="Limits">
        <Stack space="space.200">
          <Text>A plan that exceeds one of the first four shows everything and is applied to nobody.</Text>
          <div className={styles.grid}>
            <PlaceField at="/limits/accounts" label="Accounts at most" isNumber placeholder="no such limit" />
            <PlaceField at="/limits/percent" label="Per cent of all accounts of the site" isNumber placeholder="5" />
            <PlaceField at="/limits/growth" label="Times as many as the last run" placeholder="3x" help="Such as 3x or 1.5x." />
            <PlaceField at="/limits/minimum-idle" label="Nobody active more recently than" placeholder="30d" help="0d switches it off." />
            <PlaceField at="/limits/canary" label="Accounts worked first, alone" isNumber placeholder="none" help="The rest only if all of them go well." />
            <PlaceField at="/limits/failures" label="Failures after which the run stops" isNumber placeholder="5" />
          </div>
        </Stack>
      </Section>
      <Section title="Approval">
        <Approval />
      </Section>
      <Section title="How long a plan holds">
        <PlaceField at="/plan-expiry" label="A plan that was not run within this time is refused" placeholder="24h" width={120} />
      </Section>
    </Stack>
  );
}

function Approval() {
  const { draft } = useEditorForm();
  const isWanted = draft.at('/approval/above') !== undefined;
  return (
    <Stack space="space.150">
      <Checkbox label="Somebody must agree before it is run" isChecked={isWanted} onChange={() => draft.set('/approval', isWanted ? undefined : { above: 0, 'second-person': true })} />
      {isWanted && (
        <div className={styles.inset}>
          <PlaceField at="/approval/above" label="When more accounts than this would be changed" isNumber width={120} help="0: always." />
          <Checkbox
            label="Not the person who asked for the run"
            isChecked={draft.at('/approval/second-person') === true}
            onChange={(event) => draft.set('/approval/second-person', event.currentTarget.checked)}
          />
        </div>
      )}
    </Stack>
  );
}
