import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Empty } from '@/parts/page-states';

const KINDS: Record<string, string> = { internal: 'Internal', ldap: 'LDAP', delegated: 'Delegated LDAP', crowd: 'Crowd' };

const columns: readonly Column<Schemas['Directory']>[] = [
  { id: 'name', head: 'Name', cell: (directory) => <HostileText text={directory.name} /> },
  { id: 'kind', head: 'Kind', cell: ({ kind }) => (kind ? (KINDS[kind] ?? kind) : 'not told') },
  { id: 'writable', head: 'Accounts can be changed', cell: ({ isWritable }) => (isWritable == null ? 'the site does not say: found out account by account' : isWritable ? 'yes' : 'no') },
];

export function Directories({ site }: { site: string }) {
  const pages = usePages(['directories', site], (cursor, signal) => answerOf(api.GET('/api/v1/sites/{site}/directories', { params: { path: { site }, query: cursor ? { cursor } : {} }, signal })));
  return (
    <>
      <p>In the order of the site: where a name is in several of them, the account of the first one counts.</p>
      <DataTable
        label={`Directories of ${site}`}
        pages={pages}
        columns={columns}
        keyOf={(directory) => directory.name}
        empty={<Empty title="No directories are known">Those of the newest snapshot stand here; read the site. Some versions do not tell them.</Empty>}
      />
    </>
  );
}
