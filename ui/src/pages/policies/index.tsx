import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { State } from '@/parts/states';

const columns: readonly Column<Schemas['Policy']>[] = [
  {
    id: 'name',
    head: 'Name',
    cell: (policy) => (
      <Link to={`/policies/${encodeURIComponent(policy.name)}`}>
        <HostileText text={policy.name} />
      </Link>
    ),
  },
  { id: 'state', head: 'State', cell: (policy) => <State of="policy" state={policy.state} /> },
  { id: 'tested', head: 'Tested', cell: (policy) => <Instant at={policy.testedAt} none="not this version" /> },
  { id: 'changed', head: 'Changed', cell: (policy) => <Instant at={policy.changedAt} /> },
];

export default function Policies() {
  const pages = usePages(['policies'], (cursor, signal) => answerOf(api.GET('/api/v1/policies', { params: { query: cursor ? { cursor } : {} }, signal })));
  return (
    <>
      <PageHead title="Policies">A policy says what is to be done, to whom, and when.</PageHead>
      <DataTable label="Policies" pages={pages} columns={columns} keyOf={(policy) => policy.name} empty={<Empty title="No policy yet">Policies can be loaded from a file: rollcall policy load FILE</Empty>} />
    </>
  );
}
