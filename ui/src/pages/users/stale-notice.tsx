// That accounts were changed after the site was read: the list shows them as they were before.
import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { Gate } from '@/frame/session';
import { changedSince } from '@/parts/changed-since';
import { HostileText } from '@/parts/hostile-text';
import { runName } from '@/parts/names';
import { counted } from '@/parts/numbers';

/** Runs that are looked at; where so many were all made since, there may be more. */
const LOOKED_AT = 5;

/** The live runs that changed accounts of the site after it was read. */
export function useChangedSince(site: string, readAt: string | undefined): readonly Schemas['Run'][] {
  const { data } = useQuery({
    queryKey: ['runs', 'changed', site],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/runs', { params: { query: { site, mode: 'live', limit: LOOKED_AT } }, signal })),
    refetchInterval: 30_000,
  });
  return readAt === undefined ? [] : changedSince(data?.items ?? [], readAt);
}

export function StaleNotice({ runs, isReading, onRead }: { runs: readonly Schemas['Run'][]; isReading: boolean; onRead: () => void }) {
  const changes = runs.reduce((sum, { counts }) => sum + (counts['done'] ?? 0), 0);
  return (
    <SectionMessage appearance="information" title="Accounts were changed after the site was read">
      <Stack space="space.100">
        <Text>
          {runs.length === LOOKED_AT && 'At least '}
          {counted(changes, 'change')} in {counted(runs.length, 'run')}:{' '}
          {runs.map((run, at) => (
            <span key={run.id}>
              {at > 0 && ', '}
              <Link to={`/runs/${run.id}`}>
                <HostileText text={runName(run)} />
              </Link>
            </span>
          ))}
          . The list shows everybody as they were before.
        </Text>
        <Gate needs="operator">
          <div>
            <Button spacing="compact" isDisabled={isReading} onClick={onRead}>
              Read the site again
            </Button>
          </div>
        </Gate>
      </Stack>
    </SectionMessage>
  );
}
