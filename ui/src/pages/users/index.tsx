import { Route, Routes } from 'react-router';
import { NotFound } from '@/frame/not-found';
import { NeedsSite } from '@/parts/needs-site';
import { PageHead } from '@/parts/page-head';
import { AccountPage } from './account/account-page';
import { BulkPage } from './bulk/bulk-page';
import { UserList } from './user-list';

export default function Users() {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path="act" element={<BulkPage />} />
      <Route path=":site/:key" element={<AccountPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}

function List() {
  return (
    <>
      <PageHead title="Users">Everybody of a site, or whom you describe. Nothing here changes anybody: a change begins with a plan, which you see before anything happens.</PageHead>
      <NeedsSite>{(site) => <UserList key={site} site={site} />}</NeedsSite>
    </>
  );
}
