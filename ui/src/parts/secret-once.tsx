// A secret that is shown this once: to copy it, and to say that it was kept.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { type ReactNode, useRef, useState } from 'react';
import { Field } from './field';

interface SecretOnceProps {
  /** Absent: nothing is shown. */
  secret: string | undefined;
  title: string;
  /** What it is for and where it belongs. */
  children: ReactNode;
  label: string;
  onClose: () => void;
}

export function SecretOnce({ secret, ...rest }: SecretOnceProps) {
  return <ModalTransition>{secret !== undefined && <Shown secret={secret} {...rest} />}</ModalTransition>;
}

function Shown({ secret, title, children, label, onClose }: SecretOnceProps & { secret: string }) {
  const [told, setTold] = useState('');
  const input = useRef<HTMLInputElement>(null);
  async function copy() {
    try {
      await navigator.clipboard.writeText(secret);
      setTold('Copied.');
    } catch {
      // Browsers allow it only on encrypted pages and on localhost.
      input.current?.select();
      setTold('Selected: copy it with the keyboard.');
    }
  }
  return (
    <ModalDialog width="medium" shouldCloseOnOverlayClick={false} shouldCloseOnEscapePress={false} onClose={onClose}>
      <ModalHeader>
        <ModalTitle>{title}</ModalTitle>
      </ModalHeader>
      <ModalBody>
        <Stack space="space.200">
          <Text>{children}</Text>
          <Field label={label} help="It is not shown again. Whoever has it can use it.">
            {(control) => <Textfield {...control} ref={input} value={secret} isReadOnly isMonospaced onFocus={(event) => event.currentTarget.select()} />}
          </Field>
          <Inline space="space.100" alignBlock="center">
            <Button onClick={() => void copy()}>Copy</Button>
            <span role="status">{told}</span>
          </Inline>
        </Stack>
      </ModalBody>
      <ModalFooter>
        <Button appearance="primary" onClick={onClose}>
          I have kept it
        </Button>
      </ModalFooter>
    </ModalDialog>
  );
}
