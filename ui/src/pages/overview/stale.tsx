// Sites of which the figures are older than what was changed there.
import { Text } from '@atlaskit/primitives/compiled';
import { Link } from 'react-router';
import type { Schemas } from '@/api/client';
import { changedSince } from '@/parts/changed-since';

export function Stale({ sites }: { sites: readonly Schemas['SiteFigures'][] }) {
  const stale = sites.filter(({ lastRuns, snapshotTakenAt }) => snapshotTakenAt != null && changedSince(lastRuns, snapshotTakenAt).length > 0);
  if (stale.length === 0) return null;
  return (
    <Text color="color.text.subtle">
      Accounts were changed after the site was read, and these figures are from before:{' '}
      {stale.map(({ site }, at) => (
        <span key={site}>
          {at > 0 && ', '}
          <Link to={`/sites/${encodeURIComponent(site)}`}>read {site} again</Link>
        </span>
      ))}
      .
    </Text>
  );
}
