import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { useMay } from '@/frame/session';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { PageHead } from '@/parts/page-head';
import { Empty, Forbidden } from '@/parts/page-states';
import { Person } from '@/parts/person';

const columns: readonly Column<Schemas['Operator']>[] = [
  { id: 'name', head: 'Name', cell: (operator) => <Person name={operator.displayName} username={operator.name} email={operator.email} /> },
  { id: 'role', head: 'Role', cell: (operator) => operator.role },
  { id: 'in', head: 'Signs in by', cell: (operator) => <HostileText text={operator.signsIn} /> },
  { id: 'last', head: 'Last signed in', cell: (operator) => <Instant at={operator.signedInAt} none="never" /> },
];

export default function Settings() {
  const maySee = useMay('admin');
  const pages = usePages(['operators'], (cursor, signal) => answerOf(api.GET('/api/v1/operators', { params: { query: cursor ? { cursor } : {} }, signal })), { isWanted: maySee });
  return (
    <>
      <PageHead title="Settings">Operators: who may sign in, and as what.</PageHead>
      {maySee ? <DataTable label="Operators" pages={pages} columns={columns} keyOf={(operator) => operator.name} empty={<Empty title="Nobody">There is always at least one admin.</Empty>} /> : <Forbidden needs="admin" />}
    </>
  );
}
