// Every version of a policy, and what differs between two of them.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { usePages } from '@/api/use-pages';
import { useAddress } from '@/frame/use-address';
import { Choice } from '@/parts/choice';
import { DataTable } from '@/parts/data-table';
import { DifferenceView } from '@/parts/difference-view';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Empty, Failed, Loading } from '@/parts/page-states';
import { Section } from '@/parts/section';

const short = (version: string) => version.slice(0, 12);
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function PolicyVersions({ name }: { name: string }) {
  const pages = usePages(['policy', name, 'versions'], (cursor, signal) => answerOf(api.GET('/api/v1/policies/{name}/versions', { params: { path: { name }, query: { limit: 100, ...(cursor ? { cursor } : {}) } }, signal })));
  const rows = pages.rows ?? [];
  return (
    <Stack space="space.400">
      <DataTable
        label="Versions"
        pages={pages}
        keyOf={(version) => version.version}
        columns={[
          { id: 'version', head: 'Version', cell: ({ version, isCurrent }) => <><code>{short(version)}</code>{isCurrent && ' (in use)'}</> },
          { id: 'loaded', head: 'First saved', cell: ({ loadedAt }) => <Instant at={loadedAt} as="time" /> },
          { id: 'by', head: 'By', cell: ({ loadedBy }) => <HostileText text={loadedBy} isCut /> },
          { id: 'tested', head: 'Tested', cell: ({ testedAt }) => <Instant at={testedAt} as="time" none="not yet" /> },
        ]}
        empty={<Empty title="No version is kept">Saving the policy keeps one.</Empty>}
      />
      {rows.length > 1 && <Difference name={name} versions={rows} />}
      {rows.length === 1 && <Text color="color.text.subtle">There is one version so far. Once it is changed, what differs is shown here.</Text>}
    </Stack>
  );
}

function Difference({ name, versions }: { name: string; versions: readonly { version: string; loadedAt: string }[] }) {
  const [chosenFrom, setFrom] = useAddress('from');
  const [chosenTo, setTo] = useAddress('to');
  const to = chosenTo ?? versions[0]?.version ?? '';
  const from = chosenFrom ?? versions[1]?.version ?? '';
  const options = versions.map(({ version, loadedAt }) => [version, `${short(version)}, ${day.format(new Date(loadedAt))}`] as const);
  const { data, error, refetch } = useQuery({
    queryKey: ['policy', name, 'difference', from, to],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/policies/{name}/versions/difference', { params: { path: { name }, query: { from, to } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return (
    <Section title="What differs">
      <Stack space="space.150">
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 'var(--ds-space-150)' }}>
          <Choice label="Before" value={chosenFrom} all={`The one before (${short(versions[1]?.version ?? '')})`} options={options} onChoose={setFrom} />
          <Choice label="After" value={chosenTo} all={`The newest (${short(versions[0]?.version ?? '')})`} options={options} onChoose={setTo} />
        </div>
        {!data && (error ? <Failed problem={asProblem(error)} what="The difference" retry={() => void refetch()} /> : <Loading rows={4} what="the difference" />)}
        {data &&
          (data.fields.length === 0 ? (
            <Text>Nothing differs.</Text>
          ) : (
            <>
              <Text>
                Differs: {data.fields.map((field) => field.path).join(', ')}
              </Text>
              <DifferenceView lines={data.lines} label="Both versions, line by line" />
            </>
          ))}
      </Stack>
    </Section>
  );
}
