// Asks under which name a filter is kept.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import Textfield from '@atlaskit/textfield';
import { type FormEvent, useState } from 'react';
import { Field } from '@/parts/field';

interface KeepFilterDialogProps {
  isOpen: boolean;
  taken: readonly string[];
  onKeep: (name: string) => void;
  onClose: () => void;
}

export function KeepFilterDialog(props: KeepFilterDialogProps) {
  return <ModalTransition>{props.isOpen && <Form {...props} />}</ModalTransition>;
}

function Form({ taken, onKeep, onClose }: KeepFilterDialogProps) {
  const [name, setName] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const wanted = name.trim();

  function submit(event: FormEvent) {
    event.preventDefault();
    if (wanted === '') setIsMissing(true);
    else onKeep(wanted);
  }

  return (
    <ModalDialog onClose={onClose} width="small">
      <form onSubmit={submit} noValidate>
        <ModalHeader hasCloseButton>
          <ModalTitle>Keep this filter</ModalTitle>
        </ModalHeader>
        <ModalBody>
          <Field
            label="Name"
            isRequired
            problem={isMissing ? 'Give it a name.' : undefined}
            help={taken.includes(wanted) ? 'There is one of that name; it is replaced.' : 'It is kept in this browser only. To share it, send the address of the page.'}
          >
            {(control) => (
              <Textfield
                {...control}
                autoFocus
                maxLength={60}
                value={name}
                onChange={(event) => {
                  setName(event.currentTarget.value);
                  setIsMissing(false);
                }}
              />
            )}
          </Field>
        </ModalBody>
        <ModalFooter>
          <Button appearance="subtle" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" appearance="primary">
            Keep
          </Button>
        </ModalFooter>
      </form>
    </ModalDialog>
  );
}
