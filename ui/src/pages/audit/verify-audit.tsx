// Verifies the chain of the audit log, also against heads that somebody kept elsewhere.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import Spinner from '@atlaskit/spinner';
import TextArea from '@atlaskit/textarea';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { Facts } from '@/parts/facts';
import { Field } from '@/parts/field';
import { number } from '@/parts/numbers';
import { ProblemMessage, sentence } from '@/parts/page-states';
import styles from './audit.module.css';

export function VerifyAudit({ onClose }: { onClose: () => void }) {
  const [heads, setHeads] = useState('');
  const verify = useIntention((body: Schemas['AuditVerification'], key) => answerOf(api.POST('/api/v1/audit/verify', { params: { header: { 'idempotency-key': key } }, body })));
  const verdict = verify.data;
  const given = heads.split(/\s+/).filter(Boolean);
  const atHeads = verify.error?.places.find((place) => place.at.startsWith('/heads'));
  return (
    <ModalDialog onClose={onClose} shouldCloseOnOverlayClick={false}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!verify.isPending) verify.mutate(given.length > 0 ? { heads: given } : {});
        }}
      >
        <ModalHeader hasCloseButton>
          <ModalTitle>Verify the audit log</ModalTitle>
        </ModalHeader>
        <ModalBody>
          <Stack space="space.200">
            <Text>Every entry seals the one before by its hash. All of them are read again from the first on, and each hash is computed anew: an entry that was changed, left out or put in is found.</Text>
            <Field label="Heads that you kept (optional)" problem={atHeads} help="They stand at the end of report mails, as 3149:0543…: the log must contain each of them. So it is found too if the whole log was written anew.">
              {(control) => <TextArea {...control} isMonospaced minimumRows={2} value={heads} onChange={(event) => setHeads(event.currentTarget.value)} />}
            </Field>
            <div aria-live="polite">
              {verify.isPending && <Spinner label="Reading the whole log" />}
              {verify.error && !atHeads && <ProblemMessage problem={verify.error} />}
              {verdict && !verify.isPending && (
                <SectionMessage appearance={verdict.isWhole ? 'success' : 'error'} title={verdict.isWhole ? 'The log is whole' : verdict.brokenAt == null ? 'The log is not whole' : `The log is broken at entry ${number(verdict.brokenAt)}`}>
                  <Stack space="space.100">
                    <Text>{sentence(verdict.words)}</Text>
                    {verdict.head && (
                      <Facts
                        facts={[
                          ['Entries', number(verdict.head.seq)],
                          [
                            'Head',
                            <span key="h" className={styles.hash}>
                              {verdict.head.head}
                            </span>,
                          ],
                        ]}
                      />
                    )}
                    <Text>{verdict.isWhole ? 'Keep the head elsewhere: with it anybody can show later that nothing was rewritten.' : 'Keep a copy of the database as it is, and compare with a backup or an export made before.'}</Text>
                  </Stack>
                </SectionMessage>
              )}
            </div>
          </Stack>
        </ModalBody>
        <ModalFooter>
          <Button appearance="subtle" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" appearance="primary" isLoading={verify.isPending}>
            Verify
          </Button>
        </ModalFooter>
      </form>
    </ModalDialog>
  );
}
