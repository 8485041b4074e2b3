import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { HostileText } from '@/parts/hostile-text';
import { SignInFields, useSignIn } from './sign-in-fields';
import type { Session } from './session';

interface SessionDialogProps {
  /** Who was signed in. */
  name: string;
  onSignedIn: (session: Session) => void;
  onLeave: () => void;
}

export default function SessionDialog({ name, onSignedIn, onLeave }: SessionDialogProps) {
  const form = useSignIn({ name, onSignedIn });
  return (
    <ModalDialog width="small" onClose={onLeave} shouldCloseOnOverlayClick={false}>
      <form onSubmit={form.submit} noValidate>
        <ModalHeader>
          <ModalTitle>Sign in again</ModalTitle>
        </ModalHeader>
        <ModalBody>
          <Stack space="space.200">
            <Text>
              The session of <HostileText text={name} /> has ended. What you typed on this page is still there, and what was under way goes on when you are signed in.
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
