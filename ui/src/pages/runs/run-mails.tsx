// The mails about a run, as they were sent.
import { Inline, Stack } from '@atlaskit/primitives/compiled';
import Button from '@atlaskit/button/new';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import type { Run } from '@/api/use-live-run';
import { useMail } from '@/api/use-mail';
import { Instant } from '@/parts/instant';
import { MailView } from '@/parts/mail-view';
import { Empty, Failed, Loading } from '@/parts/page-states';

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
  const { data: mail, error, refetch } = useMail(id);
  if (!mail) return error ? <Failed problem={asProblem(error)} what="The mail" retry={() => void refetch()} /> : <Loading rows={6} what="the mail" />;
  return <MailView mail={mail} />;
}
