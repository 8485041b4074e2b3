import Lozenge from '@atlaskit/lozenge';
import { Inline } from '@atlaskit/primitives/compiled';
import { Instant } from '@/parts/instant';
import { useReach } from './use-reach';

/** Whether a site answered when it was asked last. */
export function ReachOf({ site, wasRead }: { site: string; wasRead: boolean }) {
  const { data, error } = useReach(site);
  if (error) return <>not known</>;
  if (!data) return <>…</>;
  if (!data.answers) {
    return (
      <Inline space="space.075" alignBlock="center" shouldWrap>
        <span title={data.why}>
          <Lozenge appearance="removed">does not answer</Lozenge>
        </span>
        <span>
          since <Instant at={data.since} />
        </span>
      </Inline>
    );
  }
  return wasRead ? <Lozenge appearance="success">answers</Lozenge> : <Lozenge>not read yet</Lozenge>;
}
