// A mail as it is, or was, sent: to whom, how far it came, what is attached, and what it says.
import Button from '@atlaskit/button/new';
import { Inline, Stack } from '@atlaskit/primitives/compiled';
import type { ReactNode } from 'react';
import type { Schemas } from '@/api/client';
import { download } from '@/api/download';
import { asProblem } from '@/api/problems';
import type { WholeMail } from '@/api/use-mail';
import { raiseFlag } from '@/frame/flag-list';
import { Facts } from './facts';
import { HostileText } from './hostile-text';
import { Instant } from './instant';
import { MailBody } from './mail-body';
import { counted, number } from './numbers';
import { sentence } from './page-states';
import { State } from './states';

/** `about`: what it was sent for, where that is not plain to see. */
export function MailView({ mail, about }: { mail: WholeMail; about?: ReactNode }) {
  return (
    <Stack space="space.200">
      <Facts
        facts={[
          ['Subject', <HostileText key="su" text={mail.subject} />],
          ['State', <State key="s" of="mail" state={mail.state} />],
          ['From', mail.from ? <HostileText key="f" text={mail.from} /> : '–'],
          ['To', <Recipients key="t" mail={mail} />],
          ['Queued', <Instant key="q" at={mail.queuedAt} as="time" />],
          ...(mail.sentAt ? ([['Taken by the mail server', <Instant key="ta" at={mail.sentAt} as="time" />]] as const) : []),
          ...(mail.nextTryAt ? ([['Tried next', <Instant key="n" at={mail.nextTryAt} />]] as const) : []),
          ...(mail.lastError ? ([[`After ${counted(mail.attempts, 'try', 'tries')}`, <HostileText key="e" text={sentence(mail.lastError)} />]] as const) : []),
          ...(about ? ([['About', about]] as const) : []),
          ['Message-ID', <HostileText key="m" text={mail.messageId} />],
          ...(mail.files.length > 0 ? ([['Attached', <Files key="fi" mail={mail} />]] as const) : []),
        ]}
      />
      <MailBody id={`mail-${mail.id}`} text={mail.text} html={mail.html} />
    </Stack>
  );
}

/** Whom it reached, and who was refused with which words. */
function Recipients({ mail }: { mail: WholeMail }) {
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

function Files({ mail }: { mail: WholeMail }) {
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
