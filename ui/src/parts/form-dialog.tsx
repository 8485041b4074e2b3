// A form in a dialog: what it asks for, what went wrong, and the two buttons.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { Stack } from '@atlaskit/primitives/compiled';
import type { ReactNode } from 'react';
import type { Problem } from '@/api/problems';
import { ProblemMessage } from './page-states';

interface FormDialogProps {
  title: string;
  action: string;
  children: ReactNode;
  isBusy: boolean;
  problem?: Problem | undefined;
  /** Places of the fields shown: a problem that is about these alone is told there only. */
  shown?: readonly string[];
  width?: 'small' | 'medium' | 'large';
  onSubmit: () => void;
  onClose: () => void;
}

/** Inside a `<ModalTransition>`. */
export function FormDialog({ title, action, children, isBusy, problem, shown = [], width = 'medium', onSubmit, onClose }: FormDialogProps) {
  const isTold = problem && problem.places.length > 0 && problem.elsewhere(shown).length === 0;
  return (
    <ModalDialog onClose={isBusy ? () => undefined : onClose} shouldCloseOnOverlayClick={false} width={width}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          if (!isBusy) onSubmit();
        }}
      >
        <ModalHeader hasCloseButton>
          <ModalTitle>{title}</ModalTitle>
        </ModalHeader>
        <ModalBody>
          <Stack space="space.200">
            {children}
            {problem && !isTold && <ProblemMessage problem={problem} />}
          </Stack>
        </ModalBody>
        <ModalFooter>
          <Button appearance="subtle" onClick={onClose} isDisabled={isBusy}>
            Cancel
          </Button>
          <Button type="submit" appearance="primary" isLoading={isBusy}>
            {action}
          </Button>
        </ModalFooter>
      </form>
    </ModalDialog>
  );
}
