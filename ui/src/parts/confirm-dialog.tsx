// Asks before something that matters. What cannot be undone is confirmed by typing the number of accounts.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { Stack } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import type { Problem } from '@/api/problems';
import { Field } from './field';
import { number } from './numbers';
import { ProblemMessage } from './page-states';

interface ConfirmDialogProps {
  isOpen: boolean;
  title: string;
  children: ReactNode;
  /** What the button does: "Delete 12 accounts". */
  action: string;
  appearance?: 'primary' | 'warning' | 'danger';
  /** This must be typed first: a number of accounts, or a name. */
  typed?: number | string;
  isBusy?: boolean;
  problem?: Problem | undefined;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  return <ModalTransition>{props.isOpen && <Question {...props} />}</ModalTransition>;
}

/** "1204", "1,204" and "1 204" are the same number. */
export function isTyped(text: string, wanted: number | string): boolean {
  if (typeof wanted === 'string') return text === wanted;
  return text.trim() !== '' && text.replace(/[\s,.'’\u00a0\u202f]/g, '') === String(wanted);
}

function Question({ title, children, action, appearance = 'primary', typed, isBusy = false, problem, onConfirm, onClose }: ConfirmDialogProps) {
  const [text, setText] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const wanted = typeof typed === 'number' ? number(typed) : typed;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (isBusy) return;
    if (typed !== undefined && !isTyped(text, typed)) {
      setIsWrong(true);
      input.current?.focus();
      return;
    }
    onConfirm();
  }

  return (
    <ModalDialog onClose={isBusy ? () => undefined : onClose} shouldCloseOnOverlayClick={false} width="small">
      <form onSubmit={submit} noValidate>
        <ModalHeader hasCloseButton>
          <ModalTitle {...(appearance === 'primary' ? {} : { appearance })}>{title}</ModalTitle>
        </ModalHeader>
        <ModalBody>
          <Stack space="space.200">
            <div>{children}</div>
            {wanted !== undefined && (
              <Field label={`Type ${wanted} to confirm`} isRequired problem={isWrong ? `That is not ${wanted}.` : undefined}>
                {(control) => (
                  <Textfield
                    {...control}
                    ref={input}
                    value={text}
                    autoComplete="off"
                    inputMode={typeof typed === 'number' ? 'numeric' : 'text'}
                    onChange={(event) => {
                      setText(event.currentTarget.value);
                      setIsWrong(false);
                    }}
                  />
                )}
              </Field>
            )}
            {problem && <ProblemMessage problem={problem} />}
          </Stack>
        </ModalBody>
        <ModalFooter>
          <Button appearance="subtle" onClick={onClose} isDisabled={isBusy}>
            Cancel
          </Button>
          <Button type="submit" appearance={appearance} isLoading={isBusy}>
            {action}
          </Button>
        </ModalFooter>
      </form>
    </ModalDialog>
  );
}
