// Somebody else saved while this was being edited: both versions, and the choice.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { DifferenceView, difference } from './difference-view';

interface EditConflictProps {
  isOpen: boolean;
  /** What was edited: "The policy reclaim-idle-seats". */
  what: string;
  /** Both as text, in the same form. */
  theirs: string;
  mine: string;
  isBusy?: boolean;
  onOverwrite: () => void;
  onYield: () => void;
}

export function EditConflict({ isOpen, what, theirs, mine, isBusy = false, onOverwrite, onYield }: EditConflictProps) {
  return (
    <ModalTransition>
      {isOpen && (
        <ModalDialog width="large" shouldCloseOnOverlayClick={false} shouldCloseOnEscapePress={false}>
          <ModalHeader>
            <ModalTitle appearance="warning">Changed meanwhile</ModalTitle>
          </ModalHeader>
          <ModalBody>
            <Stack space="space.200">
              <Text>
                {what} was saved by somebody else while you were editing it. Nothing of yours was saved yet. Marked with − is what stands there now, with + what you are about to save.
              </Text>
              <DifferenceView label="Theirs and yours" lines={difference(theirs, mine)} />
            </Stack>
          </ModalBody>
          <ModalFooter>
            <Button onClick={onYield} isDisabled={isBusy}>
              Keep theirs
            </Button>
            <Button appearance="warning" onClick={onOverwrite} isLoading={isBusy}>
              Save mine over theirs
            </Button>
          </ModalFooter>
        </ModalDialog>
      )}
    </ModalTransition>
  );
}
