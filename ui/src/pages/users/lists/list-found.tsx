// Whom a list finds at a site, and which of its entries nobody fits.
import Button from '@atlaskit/button/new';
import Heading from '@atlaskit/heading';
import { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import type { Schemas } from '@/api/client';
import { asProblem } from '@/api/problems';
import { HostileText, plain } from '@/parts/hostile-text';
import { counted, number } from '@/parts/numbers';
import { Failed, Loading } from '@/parts/page-states';
import styles from './lists.module.css';
import { ofList, useUnmatched } from './use-unmatched';

const MOST_SHOWN = 500;

interface ListFoundProps {
  site: string;
  list: Schemas['List'];
  onBack: () => void;
  onShow: (criterion: string) => void;
}

export function ListFound({ site, list, onBack, onShow }: ListFoundProps) {
  const { data, error, refetch } = useUnmatched(site, list.name, list.changedAt);
  return (
    <>
      <ModalHeader hasCloseButton>
        <ModalTitle>{plain(list.name)}</ModalTitle>
      </ModalHeader>
      <ModalBody>
        {error ? (
          <Failed problem={asProblem(error)} what="Whom the list finds" retry={() => void refetch()} />
        ) : data === undefined ? (
          <Loading rows={4} what="whom the list finds" />
        ) : (
          <Stack space="space.200">
            <div role="status">
              <Text>
                {counted(data.entries, 'entry', 'entries')}; {counted(data.accounts, 'user')} of {site} {data.accounts === 1 ? 'fits' : 'fit'}.
              </Text>
            </div>
            {data.unmatched.length === 0 ? (
              <Text>Every entry fits somebody.</Text>
            ) : (
              <Stack space="space.100">
                <Heading size="xsmall" as="h2">
                  {counted(data.unmatched.length, 'entry fits', 'entries fit')} nobody at {site}
                </Heading>
                <ul className={styles.unmatched} tabIndex={0} aria-label="Entries that fit nobody">
                  {data.unmatched.slice(0, MOST_SHOWN).map((entry) => (
                    <li key={entry}>
                      <HostileText text={entry} />
                    </li>
                  ))}
                </ul>
                {data.unmatched.length > MOST_SHOWN && <Text size="small">and {number(data.unmatched.length - MOST_SHOWN)} more</Text>}
                <Text size="small" color="color.text.subtle">
                  They are neither a user name nor an address of the newest snapshot. They stay on the list: if such an account appears, the list finds it.
                </Text>
              </Stack>
            )}
          </Stack>
        )}
      </ModalBody>
      <ModalFooter>
        <Button appearance="subtle" onClick={onBack}>
          Back
        </Button>
        <Button appearance="primary" isDisabled={!data || data.accounts === 0} onClick={() => onShow(ofList(list.name))}>
          {data ? `Show ${counted(data.accounts, 'user')}` : 'Show them'}
        </Button>
      </ModalFooter>
    </>
  );
}
