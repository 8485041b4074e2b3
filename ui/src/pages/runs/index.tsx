import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { useSite } from '@/frame/use-site';
import { type Column, DataTable } from '@/parts/data-table';
import { Instant } from '@/parts/instant';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { State } from '@/parts/states';

type Run = Schemas['Run'];

const columns: readonly Column<Run>[] = [
  { id: 'run', head: 'Run', cell: (run) => <Link to={`/runs/${run.id}`}>{run.policy ?? (run.undoOf ? 'Undo' : 'By hand')}</Link> },
  { id: 'site', head: 'Site', cell: (run) => run.site },
  { id: 'state', head: 'State', cell: (run) => <State of="run" state={run.state} /> },
  { id: 'mode', head: 'Mode', cell: (run) => <State of="mode" state={run.mode} /> },
  { id: 'by', head: 'Started by', cell: (run) => run.startedBy },
  { id: 'created', head: 'Begun', cell: (run) => <Instant at={run.startedAt ?? run.createdAt} /> },
];

export default function Runs() {
  const { filter: site } = useSite();
  const pages = usePages(['runs', site], (cursor, signal) =>
    answerOf(api.GET('/api/v1/runs', { params: { query: { ...(site ? { site } : {}), ...(cursor ? { cursor } : {}) } }, signal })),
  );
  return (
    <>
      <PageHead title="Runs">Each execution of a plan, item by item.</PageHead>
      <DataTable label="Runs" pages={pages} columns={columns} keyOf={(run) => run.id} empty={<Empty title="Nothing ran yet" action={<Link to="/policies">Policies</Link>}>Runs of policies and of changes made by hand are listed here.</Empty>} />
    </>
  );
}
