import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { useSite } from '@/frame/use-site';
import { type Column, DataTable } from '@/parts/data-table';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { State } from '@/parts/states';

type Plan = Schemas['Plan'];

const from = ({ origin }: Plan): string => (origin.kind === 'policy' ? origin.name : origin.kind === 'undo' ? 'Undo of a run' : 'By hand');

const columns: readonly Column<Plan>[] = [
  { id: 'plan', head: 'Plan', cell: (plan) => <Link to={`/plans/${plan.id}`}>{from(plan)}</Link> },
  { id: 'site', head: 'Site', cell: (plan) => plan.site },
  { id: 'state', head: 'State', cell: (plan) => <State of="plan" state={plan.state} /> },
  { id: 'mode', head: 'Mode', cell: (plan) => <State of="mode" state={plan.mode} /> },
  { id: 'accounts', head: 'Accounts', align: 'end', cell: (plan) => number(plan.accounts) },
  { id: 'made', head: 'Made', cell: (plan) => <Instant at={plan.madeAt} /> },
];

export default function Plans() {
  const { filter: site } = useSite();
  const pages = usePages(['plans', site], (cursor, signal) =>
    answerOf(api.GET('/api/v1/plans', { params: { query: { ...(site ? { site } : {}), ...(cursor ? { cursor } : {}) } }, signal })),
  );
  return (
    <>
      <PageHead title="Plans">What would be changed, person by person, before anything is.</PageHead>
      <DataTable label="Plans" pages={pages} columns={columns} keyOf={(plan) => plan.id} empty={<Empty title="No plan yet" action={<Link to="/policies">Policies</Link>}>A plan is made when a policy runs, or from users that you choose.</Empty>} />
    </>
  );
}
