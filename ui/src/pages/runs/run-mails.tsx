// The mails about a run, as they were sent: the plain text; its HTML is for mail programs, and the policy of this page lets no frame in.
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import Button from '@atlaskit/button/new';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { download } from '@/api/download';
import { asProblem } from '@/api/problems';
import type { Run } from '@/api/use-live-run';
import { raiseFlag } from '@/frame/flag-list';
import { Facts } from '@/parts/facts';
import { HostileText, pieces } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { Empty, Failed, Loading, sentence } from '@/parts/page-states';
import { State } from '@/parts/states';
import styles from './runs.module.css';

export function RunMails({ run }: { run: Run }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['run-mails', run.id, run.isOver],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/mails', { params: { query: { run: run.id, limit: 100 } }, signal })),
    // The report goes out a moment after the end.
    refetchInterval: ({ state }) => (state.data?.items.some((mail) => mail.state === 'queued') ? 5000 : false),
  });
  const [chosen, choose] = useState<string>();
  if (!data) return error ? <Failed problem={asProblem(error)} what="The mails of the run" retry={() => void refetch()} /> : <Loading rows={3} what="the mails of the run" />;
  if (data.items.length === 0) {
    return (
      <Empty title="No mail about this run">
        {run.policy
            ? 'A report is mailed after the end, where the policy names addresses under “report” and the result is one that it wants to be told.'
            : 'Reports are mailed for policies that name addresses; this run was made by hand.'}
      </Empty>
    );
  }
  const shown = chosen ?? data.items[0]?.id;
  return (
    <Stack space="space.200">
      {data.items.length > 1 && (
        <Inline space="space.100" shouldWrap>
          {data.items.map((mail) => (
            <Button key={mail.id} isSelected={mail.id === shown} onClick={() => choose(mail.id)}>
              <Instant at={mail.sentAt ?? mail.queuedAt} />
            </Button>
          ))}
        </Inline>
      )}
      {shown && <OneMail id={shown} />}
    </Stack>
  );
}

function OneMail({ id }: { id: string }) {
  const { data: mail, error, refetch } = useQuery({ queryKey: ['mail', id], queryFn: ({ signal }) => answerOf(api.GET('/api/v1/mails/{mail}', { params: { path: { mail: id } }, signal })) });
  if (!mail) return error ? <Failed problem={asProblem(error)} what="The mail" retry={() => void refetch()} /> : <Loading rows={6} what="the mail" />;
  return (
    <Stack space="space.200">
      <Facts
        facts={[
          ['Subject', <HostileText key="s" text={mail.subject} />],
          ['From', mail.from ? <HostileText key="f" text={mail.from} /> : '–'],
          ['To', <HostileText key="t" text={mail.recipients.join(', ')} />],
          ['State', <MailState key="st" mail={mail} />],
          ...(mail.files.length > 0 ? ([['Attached', <Files key="a" mail={mail} />]] as const) : []),
        ]}
      />
      <pre className={styles.mail} tabIndex={0} aria-label="Text of the mail">
        <bdi>{pieces(mail.text).map((piece) => (piece.isHidden ? (piece.text === 'U+000A' ? '\n' : piece.text === 'U+000D' ? '' : piece.text === 'U+0009' ? '\t' : `[${piece.text}]`) : piece.text)).join('')}</bdi>
      </pre>
    </Stack>
  );
}

function MailState({ mail }: { mail: Schemas['Mail'] }) {
  return (
    <Stack space="space.050">
      <span>
        <State of="mail" state={mail.state} />{' '}
        {mail.sentAt ? (
          <>
            taken by the mail server <Instant at={mail.sentAt} />
          </>
        ) : (
          <>
            queued <Instant at={mail.queuedAt} />
          </>
        )}
      </span>
      {mail.lastError && <Text color="color.text.danger">{sentence(mail.lastError)}</Text>}
      {mail.bounced.map((bounce) => (
        <Text key={bounce.address} color="color.text.danger">
          {bounce.address}: {sentence(bounce.answer)}
        </Text>
      ))}
    </Stack>
  );
}

function Files({ mail }: { mail: Schemas['WholeMail'] }) {
  async function keep(file: Schemas['MailFile']) {
    try {
      await download(`/api/v1/mails/${encodeURIComponent(mail.id)}/files/${file.number}`, { accept: '*/*', name: file.name });
    } catch (thrown) {
      raiseFlag({ kind: 'failed', title: 'The file could not be loaded', description: asProblem(thrown).detail });
    }
  }
  return (
    <Inline space="space.100" shouldWrap>
      {mail.files.map((file) => (
        <Button key={file.number} spacing="compact" onClick={() => void keep(file)}>
          {file.name} ({number(Math.ceil(file.bytes / 1024))} KB)
        </Button>
      ))}
    </Inline>
  );
}
