import { Link } from 'react-router';
import { answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { RUN_COLUMNS } from '@/pages/runs/run-columns';
import { DataTable } from '@/parts/data-table';
import { Instant } from '@/parts/instant';
import { Empty } from '@/parts/page-states';

export function PolicyRuns({ name }: { name: string }) {
  const pages = usePages(['runs', { policy: name }], (cursor, signal) => answerOf(api.GET('/api/v1/runs', { params: { query: { policy: name, limit: 20, ...(cursor ? { cursor } : {}) } }, signal })), { refetchEvery: 15_000 });
  return (
    <DataTable
      label="Runs of the policy"
      pages={pages}
      keyOf={(run) => run.id}
      columns={[
        { id: 'begun', head: 'Begun', cell: (run) => <Link to={`/runs/${run.id}`}><Instant at={run.startedAt ?? run.createdAt} as="time" /></Link> },
        ...RUN_COLUMNS,
      ]}
      empty={<Empty title="It never ran">Begin with a test run: it shows everything and changes nothing.</Empty>}
    />
  );
}
