import Lozenge from '@atlaskit/lozenge';
import { Inline } from '@atlaskit/primitives/compiled';
import type { Schemas } from '@/api/client';
import { Instant } from '@/parts/instant';
import { sentence } from '@/parts/page-states';
import { ServerWords } from '@/parts/server-words';

/** Whether a site answered when it was asked last. `isWhole`: with the reason. */
export function ReachOf({ site: { name, reach, newestSnapshot }, isWhole = false }: { site: Schemas['Site']; isWhole?: boolean }) {
  // Nothing is noted of a site that never failed; one that was read has answered.
  if (!reach && !newestSnapshot) return <>not asked yet</>;
  if (!reach || reach.answers) return <Lozenge appearance="success">answers</Lozenge>;
  return (
    <Inline space="space.075" alignBlock="center" shouldWrap>
      <Lozenge appearance="removed">{reach.refusedAt ? 'refuses the credentials' : 'does not answer'}</Lozenge>
      <span>
        since <Instant at={reach.since} />
      </span>
      {isWhole && reach.reason && <ServerWords text={sentence(reach.reason)} site={name} />}
    </Inline>
  );
}
