// Exempts an account: why, and until when.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import Textfield from '@atlaskit/textfield';
import { useState } from 'react';
import { Stack } from '@atlaskit/primitives/compiled';
import { answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { raiseFlag } from '@/frame/flag-list';
import { Field } from '@/parts/field';
import { ProblemMessage } from '@/parts/page-states';

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

interface Wanted {
  reason: string;
  until: string | undefined;
}

function Form({ site, username, onClose, onDone }: ExemptDialogProps) {
  const [reason, setReason] = useState('');
  const [day, setDay] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const exempt = useIntention(
    ({ reason: why, until }: Wanted, key) =>
      answerOf(
        api.POST('/api/v1/sites/{site}/exemptions', {
          params: { path: { site }, header: { 'idempotency-key': key } },
          body: { kind: 'account', name: username, reason: why, ...(until ? { until } : {}) },
        }),
      ),
    {
      onSuccess: () => {
        onClose();
        onDone();
        raiseFlag({ kind: 'done', title: 'Exempt from now on' });
      },
    },
  );
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
          exempt.mutate({ reason: reason.trim(), until: day ? new Date(`${day}T23:59:59`).toISOString() : undefined });
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
          </Stack>
        </ModalBody>
        <ModalFooter>
          <Button appearance="subtle" onClick={onClose} isDisabled={exempt.isPending}>
            Cancel
          </Button>
          <Button type="submit" appearance="primary" isLoading={exempt.isPending}>
            Exempt
          </Button>
        </ModalFooter>
      </form>
    </ModalDialog>
  );
}
