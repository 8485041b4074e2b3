// One mail as it is, or was, sent.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { Inline, Stack } from '@atlaskit/primitives/compiled';
import Tabs, { Tab, TabList, TabPanel } from '@atlaskit/tabs';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { download } from '@/api/download';
import { useIntention } from '@/api/idempotency';
import { asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { MailHtml } from '@/parts/mail-html';
import { number } from '@/parts/numbers';
import { Failed, Loading, ProblemMessage, sentence } from '@/parts/page-states';
import { PreText } from '@/parts/pre-text';
import { State } from '@/parts/states';

type Whole = Schemas['WholeMail'];

/** What can still be done about it. */
const CAN_RETRY = ['queued', 'failed', 'bounced', 'discarded'];
const CAN_DISCARD = ['queued', 'failed'];

export function MailDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const client = useQueryClient();
  const mayChange = useMay('admin');
  const { data: mail, error, refetch } = useQuery({ queryKey: ['mail', id], queryFn: ({ signal }) => answerOf(api.GET('/api/v1/mails/{mail}', { params: { path: { mail: id } }, signal })) });
  const said = (title: string) => {
    raiseFlag({ kind: 'done', title });
    void client.invalidateQueries({ queryKey: ['mails'] });
    void client.invalidateQueries({ queryKey: ['mail', id] });
    void client.invalidateQueries({ queryKey: ['overview'] });
  };
  const retry = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/mails/{mail}/retry', { params: { path: { mail: id }, header: { 'idempotency-key': key } } })), { onSuccess: () => said('The mail is tried again with the next ones') });
  const discard = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/mails/{mail}/discard', { params: { path: { mail: id }, header: { 'idempotency-key': key } } })), { onSuccess: () => said('The mail is given up') });
  const problem = retry.error ?? discard.error;
  return (
    <ModalDialog onClose={onClose} width="large">
      <ModalHeader hasCloseButton>
        <ModalTitle>{mail ? <HostileText text={mail.subject} /> : 'Mail'}</ModalTitle>
      </ModalHeader>
      <ModalBody>
        {!mail && (error ? <Failed problem={asProblem(error)} what="The mail" retry={() => void refetch()} /> : <Loading what="the mail" />)}
        {mail && <Shown mail={mail} />}
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

function Shown({ mail }: { mail: Whole }) {
  return (
    <Stack space="space.200">
      <Facts
        facts={[
          ['State', <State key="s" of="mail" state={mail.state} />],
          ['From', mail.from ? <HostileText key="f" text={mail.from} /> : '–'],
          ['To', <Recipients key="t" mail={mail} />],
          ['Queued', <Instant key="q" at={mail.queuedAt} as="time" />],
          ...(mail.sentAt ? ([['Taken by the mail server', <Instant key="ta" at={mail.sentAt} as="time" />]] as const) : []),
          ...(mail.nextTryAt ? ([['Tried next', <Instant key="n" at={mail.nextTryAt} />]] as const) : []),
          ...(mail.lastError ? ([[`After ${number(mail.attempts)} tries`, <HostileText key="e" text={sentence(mail.lastError)} />]] as const) : []),
          ...(mail.run ? ([['About', <Link key="r" to={`/runs/${mail.run}`}>a run</Link>]] as const) : []),
          ['Message-ID', <HostileText key="m" text={mail.messageId} />],
          ...(mail.files.length > 0 ? ([['Files', <Files key="fi" mail={mail} />]] as const) : []),
        ]}
      />
      <Tabs id={`mail-${mail.id}`}>
        <TabList>
          <Tab>As text</Tab>
          {mail.html !== '' && <Tab>As HTML</Tab>}
        </TabList>
        <TabPanel>
          <PreText text={mail.text} label="Text of the mail" />
        </TabPanel>
        {mail.html !== '' && (
          <TabPanel>
            <MailHtml html={mail.html} label="HTML of the mail" />
          </TabPanel>
        )}
      </Tabs>
    </Stack>
  );
}

/** Whom it reached, and who was refused with which words. */
function Recipients({ mail }: { mail: Whole }) {
  return (
    <Stack space="space.050">
      {mail.recipients.map((address) => {
        const bounce = mail.bounced.find((one) => one.address === address);
        return (
          <span key={address}>
            <HostileText text={address} />
            {bounce ? (
              <>
                : refused <Instant at={bounce.at} />, <HostileText text={sentence(bounce.answer)} />
              </>
            ) : mail.served.includes(address) ? (
              ': taken'
            ) : (
              ': not yet'
            )}
          </span>
        );
      })}
    </Stack>
  );
}

function Files({ mail }: { mail: Whole }) {
  async function keep(file: Schemas['MailFile']) {
    try {
      await download(`/api/v1/mails/${encodeURIComponent(mail.id)}/files/${file.number}`, { accept: '*/*', name: file.name });
    } catch (thrown) {
      raiseFlag({ kind: 'failed', title: `${file.name} could not be loaded`, description: sentence(asProblem(thrown).detail) });
    }
  }
  return (
    <Inline space="space.100" shouldWrap rowSpace="space.050">
      {mail.files.map((file) => (
        <Button key={file.number} spacing="compact" onClick={() => void keep(file)}>
          {file.name} ({number(Math.ceil(file.bytes / 1000))} kB)
        </Button>
      ))}
    </Inline>
  );
}
