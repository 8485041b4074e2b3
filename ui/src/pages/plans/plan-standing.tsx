// Where a plan stands and what comes next, in a sentence.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { Link } from 'react-router';
import type { PlanDetail } from '@/api/use-plan';
import { useSession } from '@/frame/session';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { counted } from '@/parts/numbers';
import { sentence } from '@/parts/page-states';
import { ServerWords } from '@/parts/server-words';
import styles from './plans.module.css';

export function PlanStanding({ plan }: { plan: PlanDetail }) {
  return (
    <Stack space="space.150">
      <Standing plan={plan} />
      <Notes title={`${counted(plan.refused, 'account')} cannot be changed and will be left as ${plan.refused === 1 ? 'it is' : 'they are'}`} notes={plan.refused > 0 ? plan.refusals : []} site={plan.site} />
      <Notes title="Look at this" notes={plan.warnings} site={plan.site} />
    </Stack>
  );
}

function Notes({ title, notes, site }: { title: string; notes: readonly string[]; site: string }) {
  if (notes.length === 0) return null;
  return (
    <SectionMessage appearance="warning" title={title}>
      <ul className={styles.list}>
        {notes.map((note) => (
          <li key={note}>
            <ServerWords text={sentence(note)} site={site} />
          </li>
        ))}
      </ul>
    </SectionMessage>
  );
}

function Standing({ plan }: { plan: PlanDetail }) {
  const { operator } = useSession();
  if (plan.state === 'awaiting') {
    const isOwn = plan.secondPerson && plan.madeBy === operator.name;
    const why = plan.approvalAbove ? `More than ${counted(plan.approvalAbove, 'account')} would be changed.` : 'Its policy asks for it.';
    return (
      <SectionMessage appearance="information" title={plan.secondPerson ? 'Awaits approval by a second person' : 'Awaits approval'}>
        <Stack space="space.100">
          <Text>
            {why} Nothing is changed before. It expires <Instant at={plan.expiresAt} />.
          </Text>
          {isOwn && <Text weight="medium">You made this plan, so somebody else with the role approver decides. You can reject it.</Text>}
        </Stack>
      </SectionMessage>
    );
  }
  if (plan.state === 'blocked') {
    const exceeded = plan.limits.filter((limit) => !limit.isKept);
    return (
      <SectionMessage appearance="error" title="Over a limit: it is applied to nobody">
        <Stack space="space.100">
          <ul className={styles.list}>
            {exceeded.map((limit) => (
              <li key={limit.limit}>
                <HostileText text={sentence(limit.words)} />
              </li>
            ))}
          </ul>
          <Text>Narrow the criterion, or set another limit in the policy, and plan again. A plan itself never changes.</Text>
        </Stack>
      </SectionMessage>
    );
  }
  if (plan.state === 'expired') {
    return (
      <SectionMessage appearance="warning" title="Expired">
        <Text>
          It was not run before <Instant at={plan.expiresAt} as="time" />, and too much may have changed since. Make a new one
          {plan.origin.kind === 'policy' && (
            <>
              {' '}
              by running <Link to={`/policies/${encodeURIComponent(plan.origin.name)}`}>the policy</Link>
            </>
          )}
          .
        </Text>
      </SectionMessage>
    );
  }
  if (plan.state === 'rejected') {
    return (
      <SectionMessage appearance="warning" title="Rejected">
        <Text>Nothing was changed, and it cannot be run any more. Who rejected it and why stands below.</Text>
      </SectionMessage>
    );
  }
  if (plan.state === 'applied' && plan.run) {
    return (
      <SectionMessage appearance="success" title={plan.mode === 'test' ? 'Was run as a test' : 'Was run'} actions={[]}>
        <Link to={`/runs/${plan.run}`}>See what came of it, item by item</Link>
      </SectionMessage>
    );
  }
  if (plan.state === 'ready' && plan.accounts === 0) {
    return (
      <SectionMessage appearance="information" title="This plan changes nobody">
        <Text>{plan.selected === 0 ? 'The criterion selects no account of the site as it was read.' : 'Whoever it selects is protected, refused, or as wanted already: the tabs below tell which.'}</Text>
      </SectionMessage>
    );
  }
  return null;
}
