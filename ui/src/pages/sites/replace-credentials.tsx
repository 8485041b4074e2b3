// Other credentials for a site: tried before they are kept.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, taggedAnswerOf } from '@/api/client';
import { asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { ProblemMessage } from '@/parts/page-states';
import { CREDENTIAL_PLACES, CredentialsFields, NO_CREDENTIALS, missingCredentials, sentCredentials } from './credentials-fields';

export function ReplaceCredentials({ site, tag, onClose }: { site: string; tag: string; onClose: () => void }) {
  const client = useQueryClient();
  const [credentials, setCredentials] = useState(NO_CREDENTIALS);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const change = useMutation({
    mutationFn: () => taggedAnswerOf(api.PATCH('/api/v1/sites/{site}', { params: { path: { site }, header: { 'If-Match': tag } }, body: { credentials: sentCredentials(credentials) } })),
    onSuccess: (saved) => {
      client.setQueryData(['site', site], saved);
      void client.invalidateQueries({ queryKey: ['sites'] });
      raiseFlag({ kind: 'done', title: `${site} has new credentials`, description: 'The site took them. Those before are forgotten here; revoke them there.' });
      onClose();
    },
    // Somebody else changed the site: what they left is looked at before the next try.
    onError: () => client.invalidateQueries({ queryKey: ['site', site] }),
  });
  const problem = change.error ? asProblem(change.error) : undefined;
  function submit() {
    const lacks = missingCredentials(credentials);
    setMissing(lacks);
    if (Object.keys(lacks).length === 0 && !change.isPending) change.mutate();
  }
  const isAtField = problem && problem.places.length > 0 && problem.elsewhere(CREDENTIAL_PLACES).length === 0;
  return (
    <ModalTransition>
      <ModalDialog onClose={change.isPending ? () => undefined : onClose} shouldCloseOnOverlayClick={false}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <ModalHeader hasCloseButton>
            <ModalTitle>Replace the credentials of {site}</ModalTitle>
          </ModalHeader>
          <ModalBody>
            <Stack space="space.200">
              <Text>The site is asked with them first; those of now stay until it takes the new ones.</Text>
              <CredentialsFields value={credentials} onChange={setCredentials} missing={missing} problem={problem} />
              {problem && !isAtField && <ProblemMessage problem={problem} />}
            </Stack>
          </ModalBody>
          <ModalFooter>
            <Button appearance="subtle" onClick={onClose} isDisabled={change.isPending}>
              Cancel
            </Button>
            <Button type="submit" appearance="primary" isLoading={change.isPending}>
              Test and replace
            </Button>
          </ModalFooter>
        </form>
      </ModalDialog>
    </ModalTransition>
  );
}
