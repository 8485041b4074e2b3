import { Link } from 'react-router';
import { answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Empty } from '@/parts/page-states';
import { State } from '@/parts/states';
import { RunCounts } from '@/pages/runs/run-counts';

export function PolicyRuns({ name }: { name: string }) {
  const pages = usePages(['runs', { policy: name }], (cursor, signal) => answerOf(api.GET('/api/v1/runs', { params: { query: { policy: name, limit: 20, ...(cursor ? { cursor } : {}) } }, signal })), { refetchEvery: 15_000 });
  return (
    <DataTable
      label="Runs of the policy"
      pages={pages}
      keyOf={(run) => run.id}
      columns={[
        { id: 'begun', head: 'Begun', cell: (run) => <Link to={`/runs/${run.id}`}><Instant at={run.startedAt ?? run.createdAt} as="time" /></Link> },
        { id: 'site', head: 'Site', cell: (run) => run.site },
        { id: 'state', head: 'State', cell: (run) => <State of="run" state={run.state} /> },
        { id: 'mode', head: 'Mode', cell: (run) => <State of="mode" state={run.mode} /> },
        { id: 'items', head: 'Items', cell: (run) => <RunCounts run={run} /> },
        { id: 'by', head: 'Asked for by', cell: (run) => <HostileText text={run.startedBy} isCut /> },
      ]}
      empty={<Empty title="It never ran">Begin with a test run: it shows everything and changes nothing.</Empty>}
    />
  );
}
