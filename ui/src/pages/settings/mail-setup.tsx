// How mail is set up, and a test mail: whether the mail server takes it, in its own words.
import Button from '@atlaskit/button/new';
import { ModalTransition } from '@atlaskit/modal-dialog';
import SectionMessage from '@atlaskit/section-message';
import Textfield from '@atlaskit/textfield';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { asProblem } from '@/api/problems';
import { useSession } from '@/frame/session';
import { Facts } from '@/parts/facts';
import { FormDialog } from '@/parts/form-dialog';
import { Field } from '@/parts/field';
import { HostileText } from '@/parts/hostile-text';
import { Failed, Loading, sentence } from '@/parts/page-states';
import { Section } from '@/parts/section';

const SECURITY: Record<string, string> = { tls: 'encrypted from the first byte (TLS)', 'start-tls': 'encrypted after the greeting (STARTTLS)', plain: 'not encrypted' };

export function MailSetup() {
  const { data, error, refetch } = useQuery({ queryKey: ['settings', 'mail'], queryFn: ({ signal }) => answerOf(api.GET('/api/v1/settings/mail', { signal })) });
  const [isOpen, setIsOpen] = useState(false);
  const [taken, setTaken] = useState<{ to: string; answer: string }>();
  if (!data) return error ? <Failed problem={asProblem(error)} what="How mail is set up" retry={() => void refetch()} /> : <Loading rows={3} what="how mail is set up" />;
  return (
    <Section title="How mail is sent" actions={data.isConfigured && <Button onClick={() => setIsOpen(true)}>Send a test mail</Button>}>
      <Stack space="space.150">
        {data.isConfigured ? <Facts facts={factsOf(data)} /> : <Text>Mail is not set up: nothing is mailed. Name a mail server in rollcall.yaml, the configuration file of the server, and start it again.</Text>}
        {taken && (
          <SectionMessage appearance="success" title="The test mail was taken">
            <Text>
              The mail to <HostileText text={taken.to} /> was accepted: <HostileText text={sentence(taken.answer)} /> Look whether it arrives.
            </Text>
          </SectionMessage>
        )}
      </Stack>
      <ModalTransition>
        {isOpen && (
          <TestMail
            onClose={() => setIsOpen(false)}
            onTaken={(to, answer) => {
              setIsOpen(false);
              setTaken({ to, answer });
            }}
          />
        )}
      </ModalTransition>
    </Section>
  );
}

function factsOf(mail: Schemas['MailSettings']): [string, React.ReactNode][] {
  const text = (value: string | null | undefined, otherwise: string) => (value ? <HostileText text={value} /> : otherwise);
  const from: [string, React.ReactNode] = ['From', text(mail.from, '–')];
  if (mail.folder) return [from, ['Written into the folder', text(mail.folder, '–')]];
  return [
    from,
    ...(mail.bouncesTo ? ([['Undeliverable mails go to', text(mail.bouncesTo, '–')]] as [string, React.ReactNode][]) : []),
    ['Mail server', text(mail.host ? `${mail.host}:${mail.port}` : undefined, '–')],
    ['The way there', SECURITY[mail.security ?? ''] ?? mail.security ?? '–'],
    ['Signs in as', text(mail.username, 'nobody: the server asks for no name')],
  ];
}

function TestMail({ onClose, onTaken }: { onClose: () => void; onTaken: (to: string, answer: string) => void }) {
  const { operator } = useSession();
  const [to, setTo] = useState(operator.email ?? '');
  const [isAsked, setIsAsked] = useState(false);
  const send = useIntention((body: Schemas['MailTest'], key) => answerOf(api.POST('/api/v1/settings/mail/test', { params: { header: { 'idempotency-key': key } }, body })), {
    onSuccess: ({ answer }) => onTaken(to.trim(), answer),
  });
  const missing = isAsked && to.trim() === '' ? 'Name an address.' : undefined;
  return (
    <FormDialog
      title="Send a test mail"
      action="Send"
      isBusy={send.isPending}
      problem={send.error ?? undefined}
      shown={['/to']}
      onClose={onClose}
      onSubmit={() => {
        setIsAsked(true);
        if (to.trim() !== '') send.mutate({ to: to.trim() });
      }}
    >
      <Field label="To" problem={missing ?? send.error?.at('/to')} help="It is sent at once, and not by way of the outbox.">
        {(control) => <Textfield {...control} type="email" value={to} onChange={(event) => setTo(event.currentTarget.value)} />}
      </Field>
    </FormDialog>
  );
}
