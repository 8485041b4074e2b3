import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { useAddress } from '@/frame/use-address';
import { type Column, DataTable } from '@/parts/data-table';
import { Instant } from '@/parts/instant';
import { NeedsSite } from '@/parts/needs-site';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { Person, accountPath } from '@/parts/person';
import { State } from '@/parts/states';

type Row = Schemas['AccountRow'];

const FIELDS = 'username,name,email,status,lastActive,directory';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export default function Users() {
  return (
    <>
      <PageHead title="Users" />
      <NeedsSite>{(site) => <UsersOf key={site} site={site} />}</NeedsSite>
    </>
  );
}

function UsersOf({ site }: { site: string }) {
  const [sort, setSort] = useAddress('sort');
  const pages = usePages(
    ['accounts', site, sort],
    (cursor, signal) =>
      answerOf(
        api.GET('/api/v1/sites/{site}/accounts', {
          params: { path: { site }, query: { fields: FIELDS, ...(sort ? { sort } : {}), ...(cursor ? { cursor } : {}) } },
          signal,
        }),
      ),
  );
  const columns: readonly Column<Row>[] = [
    {
      id: 'name',
      head: 'Name',
      sort: 'name',
      isFixed: true,
      cell: (row) => <Person name={text(row.name)} username={text(row.username)} email={text(row.email)} to={accountPath(site, row.key)} />,
    },
    { id: 'status', head: 'Status', sort: 'status', cell: (row) => <State of="account" state={text(row.status) ?? 'unknown'} /> },
    {
      id: 'lastActive',
      head: 'Last active',
      sort: 'lastActive',
      cell: (row) => {
        const at = text(row.lastActive);
        return at === 'never' ? 'never' : <Instant at={at} none="unknown" />;
      },
    },
    { id: 'directory', head: 'Directory', sort: 'directory', cell: (row) => text(row.directory) ?? '–' },
  ];
  return (
    <DataTable
        label="Users"
        pages={pages}
        columns={columns}
        columnsAs="users"
        keyOf={(row) => row.key}
        sort={sort}
        onSort={setSort}
        empty={<Empty title="No user fits">Another filter may find some.</Empty>}
      />
  );
}
