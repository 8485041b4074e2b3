import Button from '@atlaskit/button/new';
import { Inline } from '@atlaskit/primitives/compiled';
import Lozenge from '@atlaskit/lozenge';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { useMay } from '@/frame/session';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { ReachOf } from './reach';
import { useProfile } from './use-profile';
import { productOf } from './words';

type Site = Schemas['Site'];

/** As the warnings of the overview have it. */
const OLD_HOURS = 48;

function Age({ site }: { site: Site }) {
  const at = site.newestSnapshot?.takenAt;
  if (!at) return <>never</>;
  return (
    <Inline space="space.075" alignBlock="center" shouldWrap>
      <Instant at={at} />
      {Date.now() - new Date(at).getTime() > OLD_HOURS * 3_600_000 && <Lozenge appearance="moved">old</Lozenge>}
    </Inline>
  );
}

function Product({ site }: { site: Site }) {
  const { data } = useProfile(site.name);
  return (
    <>
      {productOf(site.kind)} {data?.profile.version}
    </>
  );
}

const columns: readonly Column<Site>[] = [
  { id: 'name', head: 'Name', isFixed: true, cell: (site) => <Link to={`/sites/${encodeURIComponent(site.name)}`}>{site.name}</Link> },
  { id: 'kind', head: 'Product and version', cell: (site) => <Product site={site} /> },
  { id: 'url', head: 'Address', cell: (site) => <HostileText text={site.url} isCut /> },
  { id: 'reach', head: 'Reach', cell: (site) => <ReachOf site={site} /> },
  { id: 'read', head: 'Snapshot', cell: (site) => <Age site={site} /> },
  {
    id: 'accounts',
    head: 'Accounts',
    align: 'end',
    cell: (site) => (site.newestSnapshot ? <Link to={`/users?site=${encodeURIComponent(site.name)}`}>{number(site.newestSnapshot.accounts)}</Link> : '–'),
  },
];

export function SiteList({ onConnect }: { onConnect: () => void }) {
  const mayConnect = useMay('admin');
  const pages = usePages(['sites', 'pages'], (cursor, signal) => answerOf(api.GET('/api/v1/sites', { params: { query: cursor ? { cursor } : {} }, signal })));
  const connect = mayConnect && (
    <Button appearance="primary" onClick={onConnect}>
      Connect a site
    </Button>
  );
  return (
    <>
      <PageHead title="Sites" actions={pages.rows && pages.rows.length > 0 && connect}>
        The Confluence sites that Rollcall is connected to.
      </PageHead>
      <DataTable
        label="Sites"
        pages={pages}
        columns={columns}
        keyOf={(site) => site.name}
        empty={
          <Empty title="No site is connected yet" action={connect}>
            {mayConnect ? 'It takes the address of a Confluence and an account that administers it. Connecting changes nothing there.' : 'An admin connects a Confluence site; then it is listed here.'}
          </Empty>
        }
      />
    </>
  );
}
