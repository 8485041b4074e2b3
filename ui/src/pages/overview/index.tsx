import Heading from '@atlaskit/heading';
import { Stack } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { DataTable } from '@/parts/data-table';
import { Figure, Figures } from '@/parts/figure';
import { onePage } from '@/parts/one-page';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Empty, Failed, Loading } from '@/parts/page-states';
import { State } from '@/parts/states';

export default function Overview() {
  const { data, error, refetch } = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/overview', { signal })),
  });
  return (
    <>
      <PageHead title="Overview" />
      {!data && error && <Failed problem={asProblem(error)} what="The overview" retry={() => void refetch()} />}
      {!data && !error && <Loading what="the overview" />}
      {data && (
        <Stack space="space.400">
          <Figures>
            <Figure name="Accounts" value={number(data.sum.accounts)} note={`${number(data.sum.enabled)} enabled`} />
            <Figure name="Seats used" value={data.sum.used == null ? '–' : number(data.sum.used)} />
            <Figure name="Seats free" value={data.sum.free == null ? '–' : number(data.sum.free)} />
            <Figure name="Plans awaiting approval" value={number(data.awaitingCount)} />
          </Figures>
          <section aria-labelledby="last-runs">
            <Stack space="space.150">
              <Heading size="small" as="h2" id="last-runs">
                Last runs
              </Heading>
              <DataTable
                label="Last runs"
                pages={onePage(data.lastRuns)}
                keyOf={(run) => run.id}
                columns={[
                  { id: 'run', head: 'Run', cell: (run) => <Link to={`/runs/${run.id}`}>{run.policy ?? (run.undoOf ? 'Undo' : 'By hand')}</Link> },
                  { id: 'site', head: 'Site', cell: (run) => run.site },
                  { id: 'state', head: 'State', cell: (run) => <State of="run" state={run.state} /> },
                  { id: 'mode', head: 'Mode', cell: (run) => <State of="mode" state={run.mode} /> },
                  { id: 'created', head: 'Begun', cell: (run) => <Instant at={run.createdAt} /> },
                ]}
                empty={
                  <Empty title="Nothing ran yet" action={<Link to="/policies">Policies</Link>}>
                    Runs of policies and of changes made by hand are listed here.
                  </Empty>
                }
              />
            </Stack>
          </section>
        </Stack>
      )}
    </>
  );
}
