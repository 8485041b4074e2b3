import { Link } from 'react-router';
import { Empty } from '@/parts/page-states';
import { PageHead } from '@/parts/page-head';

/** An address that leads to no page; also for things that a page does not find. */
export function NotFound() {
  return (
    <>
      <PageHead title="Nothing is here" />
      <Empty title="No page has this address" action={<Link to="/">Go to the overview</Link>}>
        The link may be mistyped, or what it led to was removed.
      </Empty>
    </>
  );
}
