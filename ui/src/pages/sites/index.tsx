import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';

const columns: readonly Column<Schemas['Site']>[] = [
  { id: 'name', head: 'Name', cell: (site) => <Link to={`/users?site=${encodeURIComponent(site.name)}`}>{site.name}</Link> },
  { id: 'kind', head: 'Product', cell: (site) => site.kind },
  { id: 'url', head: 'Address', cell: (site) => <HostileText text={site.url} /> },
  { id: 'read', head: 'Read', cell: (site) => <Instant at={site.newestSnapshot?.takenAt} none="never" /> },
  { id: 'accounts', head: 'Accounts', align: 'end', cell: (site) => (site.newestSnapshot ? number(site.newestSnapshot.accounts) : '–') },
];

export default function Sites() {
  const pages = usePages(['sites', 'pages'], (cursor, signal) => answerOf(api.GET('/api/v1/sites', { params: { query: cursor ? { cursor } : {} }, signal })));
  return (
    <>
      <PageHead title="Sites">The Confluence sites that Rollcall is connected to.</PageHead>
      <DataTable label="Sites" pages={pages} columns={columns} keyOf={(site) => site.name} empty={<Empty title="No site is connected yet">Connect one on the machine of Rollcall: rollcall site add NAME --url URL --token-file FILE</Empty>} />
    </>
  );
}
