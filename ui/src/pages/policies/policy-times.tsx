// When a policy runs by itself, next and last; who paused it, and why.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Failed, Loading, sentence } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { textsAt } from './document-reading';
import { Upcoming } from './occurrences';
import { type Policy, documentOf } from './policy-answers';

export const timesKey = (name: string) => ['policy', name, 'schedule'] as const;

export function PolicyTimes({ policy }: { policy: Policy }) {
  const { data, error, refetch } = useQuery({
    queryKey: [...timesKey(policy.name), policy.state, policy.version],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/policies/{name}/schedule', { params: { path: { name: policy.name } }, signal })),
  });
  const events = textsAt(documentOf(policy), '/on');
  return (
    <Section title="When">
      {!data && (error ? <Failed problem={asProblem(error)} what="The schedule" retry={() => void refetch()} /> : <Loading rows={3} what="the schedule" />)}
      {data && (
        <Stack space="space.150">
          {data.isPaused && <Paused name={policy.name} />}
          {(data.words || events.length === 0) && <Text weight="medium">{data.words ? sentence(data.words.charAt(0).toUpperCase() + data.words.slice(1)) : 'Only when asked.'}</Text>}
          {events.length > 0 && <Text>Soon after: {events.map((event) => (event === 'login' ? 'somebody signed in' : event === 'account-created' ? 'an account was created' : event)).join(', ')}.</Text>}
          {data.nextAt && (
            <Text>
              Next: <Instant at={data.nextAt} as="time" /> (<Instant at={data.nextAt} />)
            </Text>
          )}
          {data.lastAt && (
            <Text>
              Last by itself: <Instant at={data.lastAt} as="time" />
            </Text>
          )}
          {data.upcoming.length > 0 && !data.isPaused && (
            <>
              {policy.state === 'off' && <Text color="color.text.subtle">The policy is off; once it is switched on it runs:</Text>}
              <Upcoming at={data.upcoming.slice(0, 5)} />
            </>
          )}
        </Stack>
      )}
    </Section>
  );
}

function Paused({ name }: { name: string }) {
  const { data } = useQuery({
    queryKey: ['audit', { policy: name }, 'paused'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/audit', { params: { query: { policy: name, kind: 'schedule.paused', limit: 1 } }, signal })),
    staleTime: 0,
  });
  const entry = data?.items[0];
  return (
    <SectionMessage appearance="warning" title="Paused: its occurrences are passed over">
      {entry ? (
        <Text>
          By <HostileText text={entry.actor} />, <Instant at={entry.at} />: <HostileText text={sentence(entry.why)} />
        </Text>
      ) : (
        <Text>It can still be run by hand.</Text>
      )}
    </SectionMessage>
  );
}
