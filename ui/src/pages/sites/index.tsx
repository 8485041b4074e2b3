import { Route, Routes } from 'react-router';
import { useAddress } from '@/frame/use-address';
import { useMay } from '@/frame/session';
import { PageHead } from '@/parts/page-head';
import { Forbidden } from '@/parts/page-states';
import { ConnectSite } from './connect-site';
import { SiteList } from './site-list';
import { SitePage } from './site-page';

export default function Sites() {
  return (
    <Routes>
      <Route index element={<ListOrConnect />} />
      <Route path=":site/*" element={<SitePage />} />
    </Routes>
  );
}

/** A site may have any name, so that the way to a new one is no path below this one: `/sites?connect=yes`. */
function ListOrConnect() {
  const [connects, setConnects] = useAddress('connect');
  const mayConnect = useMay('admin');
  if (!connects) return <SiteList onConnect={() => setConnects('yes')} />;
  if (mayConnect) return <ConnectSite onClose={() => setConnects(undefined)} />;
  return (
    <>
      <PageHead title="Connect a site" trail={[{ text: 'Sites', to: '/sites' }]} />
      <Forbidden needs="admin" />
    </>
  );
}
