// Plans that somebody must say yes or no to.
import SectionMessage from '@atlaskit/section-message';
import { Link } from 'react-router';
import type { Schemas } from '@/api/client';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { planName } from '@/parts/names';
import { counted, number } from '@/parts/numbers';
import styles from './warnings.module.css';

export function Awaiting({ plans, count }: { plans: readonly Schemas['Plan'][]; count: number }) {
  return (
    <SectionMessage appearance="information" title={`${counted(count, 'plan')} ${count === 1 ? 'awaits' : 'await'} approval`}>
      <ul className={styles.list}>
        {plans.map((plan) => (
          <li key={plan.id}>
            <Link to={`/plans/${plan.id}`}>{planName(plan.origin)}</Link> at {plan.site}: {counted(plan.accounts, 'account')}, made by <HostileText text={plan.madeBy} /> <Instant at={plan.madeAt} />
          </li>
        ))}
        {count > plans.length && (
          <li>
            <Link to="/plans?state=awaiting">All {number(count)}</Link>
          </li>
        )}
      </ul>
    </SectionMessage>
  );
}
