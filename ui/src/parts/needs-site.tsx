// For pages that show one site: waits until it is known which, and says what to do where there is none.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { asProblem } from '@/api/problems';
import { useSites } from '@/api/use-sites';
import { useMay } from '@/frame/session';
import { useSite } from '@/frame/use-site';
import { Empty, Failed, Loading } from './page-states';

/** `<NeedsSite>{(site) => <UsersOf site={site} />}</NeedsSite>` */
export function NeedsSite({ children }: { children: (site: string) => ReactNode }) {
  const { site } = useSite();
  const { error, isPending, refetch } = useSites();
  const mayConnect = useMay('admin');
  if (site !== undefined) return <>{children(site)}</>;
  if (isPending) return <Loading what="the sites" />;
  if (error) return <Failed problem={asProblem(error)} what="The list of sites" retry={() => void refetch()} />;
  return (
    <Empty title="No site is connected yet" action={mayConnect && <Link to="/sites">Connect a site</Link>}>
      {mayConnect ? 'Connect a Confluence site and read it; then its users are listed here.' : 'An admin connects a Confluence site; then its users are listed here.'}
    </Empty>
  );
}
