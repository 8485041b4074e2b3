// Who made a plan, and who said what to it.
import { Link } from 'react-router';
import type { PlanDetail } from '@/api/use-plan';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Section } from '@/parts/section';
import styles from './plans.module.css';

export function PlanStory({ plan }: { plan: PlanDetail }) {
  return (
    <Section title="Who decided">
      <ol className={styles.story}>
        <li>
          <strong>
            <HostileText text={plan.madeBy} />
          </strong>{' '}
          made it <Instant at={plan.madeAt} />
        </li>
        {plan.decisions.map((decision) => (
          <li key={`${decision.by} ${decision.at}`}>
            <strong>
              <HostileText text={decision.by} />
            </strong>{' '}
            {decision.isApproval ? 'approved it' : 'rejected it'} <Instant at={decision.at} />
            {decision.comment && (
              <blockquote className={styles.comment}>
                <HostileText text={decision.comment} />
              </blockquote>
            )}
          </li>
        ))}
        {plan.decisions.length === 0 && <li className={styles.quiet}>{plan.needsApproval ? 'Nobody has said yes or no yet.' : 'Nobody needs to agree.'}</li>}
      </ol>
      <Link to={`/audit?plan=${encodeURIComponent(plan.id)}`}>Every entry about this plan in the audit log</Link>
    </Section>
  );
}
