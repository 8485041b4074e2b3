// Whom the wizard is about where rows were chosen one by one, and who of them is not at the site any more.
import Button from '@atlaskit/button/new';
import SectionMessage from '@atlaskit/section-message';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { counted, number } from '@/parts/numbers';
import { Person, accountPath } from '@/parts/person';
import type { Chosen } from '../chosen';
import styles from './bulk.module.css';

const SHOWN = 10;

interface ChosenPeopleProps {
  site: string;
  chosen: readonly Chosen[];
  /** Those of them that the site does not have. */
  missing: readonly Chosen[];
  onLeaveOut: (missing: readonly Chosen[]) => void;
}

export function ChosenPeople({ site, chosen, missing, onLeaveOut }: ChosenPeopleProps) {
  return (
    <Stack space="space.100">
      <span role="status">
        <strong>{counted(chosen.length, 'account')}</strong> chosen by hand
      </span>
      <People site={site} people={chosen} label="The chosen" />
      {missing.length > 0 && (
        <SectionMessage appearance="error" title={missing.length === 1 ? 'One of them is not at the site any more' : 'Some of them are not at the site any more'}>
          <Stack space="space.100">
            <People site={site} people={missing} label="Not at the site any more" />
            <Button spacing="compact" onClick={() => onLeaveOut(missing)}>
              Leave {missing.length === 1 ? 'this one' : 'these'} out
            </Button>
          </Stack>
        </SectionMessage>
      )}
    </Stack>
  );
}

function People({ site, people, label }: { site: string; people: readonly Chosen[]; label: string }) {
  return (
    <>
      <ul className={styles.people} aria-label={label}>
        {people.slice(0, SHOWN).map(({ key, username, name }) => (
          <li key={key}>
            <Person name={name} username={username || key} to={accountPath(site, key)} />
          </li>
        ))}
      </ul>
      {people.length > SHOWN && <Text color="color.text.subtle">and {number(people.length - SHOWN)} more</Text>}
    </>
  );
}
