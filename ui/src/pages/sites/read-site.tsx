// Reads a site into a new snapshot, and follows the job to its end.
import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import type { Job } from '@/api/use-job';
import { JobWatch } from '@/parts/job-watch';
import { counted } from '@/parts/numbers';
import { ProblemMessage } from '@/parts/page-states';

/** What is under way at a site, also when somebody else asked for it. */
function useReading(site: string, isWanted: boolean) {
  return useQuery({
    queryKey: ['jobs', 'sync', site],
    queryFn: async ({ signal }) => (await answerOf(api.GET('/api/v1/jobs', { params: { query: { kind: 'sync', site, state: 'queued,running', limit: 1 } }, signal }))).items[0] ?? null,
    refetchInterval: 10_000,
    enabled: isWanted,
  });
}

export function useReadSite(site: string, isWanted = true) {
  const client = useQueryClient();
  const [job, setJob] = useState<Job>();
  const under = useReading(site, isWanted);
  const ask = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/sites/{site}/snapshots', { params: { path: { site }, header: { 'idempotency-key': key } } })), {
    onSuccess: ({ job: taken }) => {
      setJob(taken);
      void client.invalidateQueries({ queryKey: ['jobs', 'sync', site] });
    },
  });
  const shown = job ?? under.data ?? undefined;
  const done = () => {
    for (const key of ['sites', 'snapshots', 'groups', 'directories', 'overview', 'accounts', 'profile', 'site']) void client.invalidateQueries({ queryKey: [key] });
    void client.invalidateQueries({ queryKey: ['jobs', 'sync', site] });
  };
  return { job: shown, begin: () => ask.mutate(undefined), isAsking: ask.isPending, problem: ask.error ?? undefined, done, isBusy: ask.isPending || (under.data ?? null) !== null };
}

type Reading = ReturnType<typeof useReadSite>;

export function ReadingShown({ site, reading }: { site: string; reading: Reading }) {
  const [finished, setFinished] = useState<Job>();
  const snapshot = finished?.result?.snapshot ?? undefined;
  const taken = useQuery({ queryKey: ['snapshot', snapshot], queryFn: ({ signal }) => answerOf(api.GET('/api/v1/snapshots/{id}', { params: { path: { id: snapshot ?? '' } }, signal })), enabled: snapshot !== undefined });
  return (
    <Stack space="space.150">
      {reading.problem && <ProblemMessage problem={reading.problem} />}
      {reading.job && (finished === undefined || finished.id !== reading.job.id) && (
        <JobWatch
          key={reading.job.id}
          job={reading.job}
          onDone={(job) => {
            setFinished(job);
            reading.done();
          }}
          action={<Button onClick={reading.begin}>Try again</Button>}
        />
      )}
      {finished && finished.id === reading.job?.id && (
        <div role="status">
          <SectionMessage appearance="success" title={`${site} was read`}>
            <Stack space="space.100">
              {taken.data && <Text>The new snapshot shows {counted(taken.data.accounts, 'account')}.</Text>}
              <div>
                <Link to={`/users?site=${encodeURIComponent(site)}`}>See the users</Link>
              </div>
            </Stack>
          </SectionMessage>
        </div>
      )}
    </Stack>
  );
}

/** The last step of connecting: reads at once. */
export function ReadSite({ site, isAtOnce = false }: { site: string; isAtOnce?: boolean }) {
  const reading = useReadSite(site);
  const begun = useRef(false);
  useEffect(() => {
    if (!isAtOnce || begun.current) return;
    begun.current = true;
    reading.begin();
  }, [isAtOnce, reading]);
  return (
    <Stack space="space.150">
      <Text>Accounts, groups, directories, seats and what shows activity are read into a snapshot. A site with many accounts takes some minutes; you may leave this page meanwhile.</Text>
      <ReadingShown site={site} reading={reading} />
    </Stack>
  );
}
