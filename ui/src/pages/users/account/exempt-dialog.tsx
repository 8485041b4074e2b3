// Exempts an account: why, and until when.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import Textfield from '@atlaskit/textfield';
import { useState } from 'react';
import { Stack } from '@atlaskit/primitives/compiled';
import { raiseFlag } from '@/frame/flag-list';
import { Field } from '@/parts/field';
import { ProblemMessage } from '@/parts/page-states';
import { ExemptAlready, useExempting } from '@/parts/use-exempting';

interface ExemptDialogProps {
  site: string;
  username: string;
  isOpen: boolean;
  onClose: () => void;
  onDone: () => void;
}

export function ExemptDialog(props: ExemptDialogProps) {
  return <ModalTransition>{props.isOpen && <Form {...props} />}</ModalTransition>;
}

function Form({ site, username, onClose, onDone }: ExemptDialogProps) {
  const [reason, setReason] = useState('');
  const [day, setDay] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const { exempting: exempt, there: thereOf } = useExempting(site, () => {
    onClose();
    onDone();
    raiseFlag({ kind: 'done', title: 'Exempt from now on' });
  });
  const who = { kind: 'account', name: username } as const;
  const there = thereOf(who);
  const shown = ['/reason', '/until'];
  return (
    <ModalDialog onClose={exempt.isPending ? () => undefined : onClose} width="small" shouldCloseOnOverlayClick={false}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setIsMissing(reason.trim() === '');
          if (reason.trim() === '') return;
          // To the end of that day, where whoever writes it lives.
          exempt.mutate({ ...who, reason: reason.trim(), ...(day ? { until: new Date(`${day}T23:59:59`).toISOString() } : {}) });
        }}
      >
        <ModalHeader hasCloseButton>
          <ModalTitle>Exempt this account</ModalTitle>
        </ModalHeader>
        <ModalBody>
          <Stack space="space.200">
            <Field label="Why" isRequired help="Stands in every plan that would have changed it." problem={isMissing && reason.trim() === '' ? 'Say why.' : exempt.error?.at('/reason')}>
              {(control) => <Textfield {...control} autoFocus maxLength={1000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />}
            </Field>
            <Field label="Until the end of" help="Left empty: for good." problem={exempt.error?.at('/until')}>
              {(control) => <Textfield {...control} type="date" value={day} onChange={(event) => setDay(event.currentTarget.value)} />}
            </Field>
            {exempt.error && exempt.error.elsewhere(shown).length === exempt.error.places.length && <ProblemMessage problem={exempt.error} />}
            <ExemptAlready there={there} />
          </Stack>
        </ModalBody>
        <ModalFooter>
          <Button appearance="subtle" onClick={onClose} isDisabled={exempt.isPending}>
            Cancel
          </Button>
          <Button type="submit" appearance="primary" isLoading={exempt.isPending}>
            {there ? 'Replace the exemption' : 'Exempt'}
          </Button>
        </ModalFooter>
      </form>
    </ModalDialog>
  );
}
