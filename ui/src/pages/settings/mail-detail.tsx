// One mail as it is, or was, sent.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { asProblem } from '@/api/problems';
import { mailKey, useMail } from '@/api/use-mail';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { MailView } from '@/parts/mail-view';
import { Failed, Loading, ProblemMessage } from '@/parts/page-states';

/** What can still be done about it. */
const CAN_RETRY = ['queued', 'failed', 'bounced', 'discarded'];
const CAN_DISCARD = ['queued', 'failed'];

export function MailDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const client = useQueryClient();
  const mayChange = useMay('admin');
  const { data: mail, error, refetch } = useMail(id);
  const said = (title: string) => {
    raiseFlag({ kind: 'done', title });
    void client.invalidateQueries({ queryKey: ['mails'] });
    void client.invalidateQueries({ queryKey: mailKey(id) });
    void client.invalidateQueries({ queryKey: ['overview'] });
  };
  const retry = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/mails/{mail}/retry', { params: { path: { mail: id }, header: { 'idempotency-key': key } } })), { onSuccess: () => said('The mail is tried again with the next ones') });
  const discard = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/mails/{mail}/discard', { params: { path: { mail: id }, header: { 'idempotency-key': key } } })), { onSuccess: () => said('The mail is given up') });
  const problem = retry.error ?? discard.error;
  return (
    <ModalDialog onClose={onClose} width="large">
      <ModalHeader hasCloseButton>
        <ModalTitle>Mail</ModalTitle>
      </ModalHeader>
      <ModalBody>
        {!mail && (error ? <Failed problem={asProblem(error)} what="The mail" retry={() => void refetch()} /> : <Loading what="the mail" />)}
        {mail && <MailView mail={mail} about={mail.run && <Link to={`/runs/${mail.run}`}>a run</Link>} />}
        {problem && <ProblemMessage problem={problem} />}
      </ModalBody>
      <ModalFooter>
        {mail && mayChange && CAN_DISCARD.includes(mail.state) && (
          <Button appearance="subtle" isLoading={discard.isPending} onClick={() => discard.mutate(undefined)}>
            Give it up
          </Button>
        )}
        {mail && mayChange && CAN_RETRY.includes(mail.state) && (
          <Button isLoading={retry.isPending} onClick={() => retry.mutate(undefined)}>
            Try again
          </Button>
        )}
        <Button appearance="primary" onClick={onClose}>
          Close
        </Button>
      </ModalFooter>
    </ModalDialog>
  );
}
