import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useEffect, useRef } from 'react';
import { answerOf, api } from '@/api/client';
import { HostileText } from '@/parts/hostile-text';
import { SignInFields, useSignIn } from './sign-in-fields';
import { announceSignIn, whenSignedInElsewhere } from './sign-in-news';
import type { Session } from './session';

interface SessionDialogProps {
  /** Who was signed in. */
  name: string;
  onSignedIn: (session: Session) => void;
  onLeave: () => void;
}

/** Asked past this dialog, which waits for the answer. */
const askSession = () => answerOf(api.GET('/api/v1/session', { fetch: (request: Request) => fetch(request) }));

export default function SessionDialog({ name, onSignedIn, onLeave }: SessionDialogProps) {
  const form = useSignIn({
    name,
    onSignedIn: (session) => {
      onSignedIn(session);
      announceSignIn();
    },
  });
  const goOn = useRef(onSignedIn);
  goOn.current = onSignedIn;
  // In another tab, by single sign-on for instance.
  useEffect(
    () =>
      whenSignedInElsewhere(() => {
        // Nobody is there after all: the dialog stays.
        void askSession().then(goOn.current, () => undefined);
      }),
    [],
  );
  return (
    <ModalDialog width="small" onClose={onLeave} shouldCloseOnOverlayClick={false}>
      <form onSubmit={form.submit} noValidate>
        <ModalHeader>
          <ModalTitle>Sign in again</ModalTitle>
        </ModalHeader>
        <ModalBody>
          <Stack space="space.200">
            <Text>
              The session of <HostileText text={name} /> has ended. What you typed on this page is still there, and what was under way goes on when you are signed in, here or in another tab.
            </Text>
            <SignInFields form={form} isShort />
          </Stack>
        </ModalBody>
        <ModalFooter>
          <Button appearance="subtle" onClick={onLeave}>
            Not now
          </Button>
          <Button type="submit" appearance="primary" isLoading={form.isBusy}>
            Sign in
          </Button>
        </ModalFooter>
      </form>
    </ModalDialog>
  );
}
