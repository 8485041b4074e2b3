// Asks before something that is done only with a reason.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { type ReactNode, useEffect, useState } from 'react';
import type { Problem } from '@/api/problems';
import { ConfirmDialog } from './confirm-dialog';
import { Field } from './field';

interface ReasonDialogProps {
  isOpen: boolean;
  title: string;
  action: string;
  appearance?: 'primary' | 'warning';
  /** What it means. */
  children: ReactNode;
  /** Where the reason will stand. */
  help: string;
  isBusy: boolean;
  problem: Problem | undefined;
  onConfirm: (reason: string) => void;
  onClose: () => void;
}

export function ReasonDialog({ isOpen, title, action, appearance = 'primary', children, help, isBusy, problem, onConfirm, onClose }: ReasonDialogProps) {
  const [text, setText] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const reason = text.trim();
  useEffect(() => {
    if (!isOpen) return;
    setText('');
    setIsMissing(false);
  }, [isOpen]);
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={title}
      action={action}
      appearance={appearance}
      isBusy={isBusy}
      problem={problem?.at('/reason') ? undefined : problem}
      onClose={onClose}
      onConfirm={() => {
        setIsMissing(reason === '');
        if (reason) onConfirm(reason);
      }}
    >
      <Stack space="space.200">
        <Text>{children}</Text>
        <Field label="Why" isRequired help={help} problem={isMissing && !reason ? 'Say why.' : problem?.at('/reason')}>
          {(control) => <Textfield {...control} autoFocus maxLength={500} value={text} onChange={(event) => setText(event.currentTarget.value)} />}
        </Field>
      </Stack>
    </ConfirmDialog>
  );
}
