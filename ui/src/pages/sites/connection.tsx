// How a site is connected, and, once it was asked, what can be done there.
import Button from '@atlaskit/button/new';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { asProblem } from '@/api/problems';
import { useMay } from '@/frame/session';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { counted } from '@/parts/numbers';
import { Failed, Loading, ProblemMessage } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { ProfileView } from './profile-view';
import { ReachOf } from './reach';
import { RemoveSite } from './remove-site';
import { ReplaceCredentials } from './replace-credentials';
import { profileKey, useProfile } from './use-profile';

export function Connection({ site, tag }: { site: Schemas['Site']; tag: string }) {
  const client = useQueryClient();
  const mayTest = useMay('operator');
  const mayChange = useMay('admin');
  const [isRemoving, setIsRemoving] = useState(false);
  const [isReplacing, setIsReplacing] = useState(false);
  const profile = useProfile(site.name);
  const test = useIntention((_: undefined, key: string) => answerOf(api.POST('/api/v1/sites/{site}/test', { params: { path: { site: site.name }, header: { 'idempotency-key': key } } })), {
    onSuccess: (answer) => {
      client.setQueryData(profileKey(site.name), { profile: answer, at: new Date().toISOString() });
    },
  });
  /** Whether it answers is seen by the test too. */
  const look = () => {
    void client.invalidateQueries({ queryKey: ['site', site.name] });
    void client.invalidateQueries({ queryKey: ['sites'] });
  };
  return (
    <Stack space="space.400">
      <Section
        title="Connection"
        actions={
          mayChange && (
            <Inline space="space.100" shouldWrap rowSpace="space.100">
              <Button onClick={() => setIsReplacing(true)}>Replace credentials</Button>
              <Button appearance="subtle" onClick={() => setIsRemoving(true)}>
                Remove
              </Button>
            </Inline>
          )
        }
      >
        <Facts
          facts={[
            ['Address', <HostileText key="u" text={site.url} />],
            ['Reach', <ReachOf key="r" site={site} isWhole />],
            [
              'Newest snapshot',
              site.newestSnapshot ? (
                <span key="s">
                  <Instant at={site.newestSnapshot.takenAt} />, {counted(site.newestSnapshot.accounts, 'account')}
                </span>
              ) : (
                'none: it was not read yet'
              ),
            ],
            ['Connected', <Instant key="c" at={site.addedAt} />],
          ]}
        />
      </Section>
      <Section
        title="What it says of itself"
        actions={
          mayTest && (
            <Button onClick={() => test.mutate(undefined, { onSettled: look })} isLoading={test.isPending}>
              Test the connection
            </Button>
          )
        }
      >
        <div aria-live="polite">
          {test.error && <ProblemMessage problem={test.error} title={`${site.name} did not pass the test`} />}
          {profile.data === null && (
            <Text color="color.text.subtle">
              {mayTest ? 'The test asks the site who it is, which version it has and what can be done there. It takes a few requests and changes nothing.' : 'It was not read yet. When it is, what can be done there stands here.'}
            </Text>
          )}
          {profile.data && (
            <Text color="color.text.subtle">
              Asked <Instant at={profile.data.at} />.
            </Text>
          )}
        </div>
        {profile.isPending && <Loading what="what it says of itself" />}
        {profile.error && <Failed problem={asProblem(profile.error)} what="What the site says of itself" retry={() => void profile.refetch()} />}
        {profile.data && <ProfileView profile={profile.data.profile} site={site.name} />}
      </Section>
      <RemoveSite site={site.name} tag={tag} isOpen={isRemoving} onClose={() => setIsRemoving(false)} />
      {isReplacing && <ReplaceCredentials site={site.name} tag={tag} onClose={() => setIsReplacing(false)} />}
    </Stack>
  );
}
