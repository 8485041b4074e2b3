import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { useSession } from '@/frame/session';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';

const columns: readonly Column<Schemas['Token']>[] = [
  { id: 'name', head: 'Name', cell: (token) => <HostileText text={token.name} /> },
  { id: 'role', head: 'Role', cell: (token) => token.role },
  { id: 'ends', head: 'Ends', cell: (token) => <Instant at={token.expiresAt} /> },
  { id: 'used', head: 'Last used', cell: (token) => <Instant at={token.usedAt} none="never" /> },
];

export default function Tokens() {
  const owner = useSession().operator.name;
  const pages = usePages(['tokens', owner], (cursor, signal) => answerOf(api.GET('/api/v1/tokens', { params: { query: { owner, ...(cursor ? { cursor } : {}) } }, signal })));
  return (
    <>
      <PageHead title="My tokens">With a token a program signs in as you. It may never do more than you may.</PageHead>
      <DataTable label="Tokens" pages={pages} columns={columns} keyOf={(token) => token.id} empty={<Empty title="No tokens">Make one on the machine of Rollcall: rollcall tokens add NAME</Empty>} />
    </>
  );
}
