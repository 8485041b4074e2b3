// The limits of a plan: which is kept, and by how much one is exceeded.
import CheckIcon from '@atlaskit/icon/core/check-mark';
import ErrorIcon from '@atlaskit/icon/core/status-error';
import { Text } from '@atlaskit/primitives/compiled';
import { token } from '@atlaskit/tokens';
import type { PlanDetail } from '@/api/use-plan';
import { HostileText } from '@/parts/hostile-text';
import { sentence } from '@/parts/page-states';
import { Section } from '@/parts/section';
import styles from './plans.module.css';

export function PlanLimits({ plan }: { plan: PlanDetail }) {
  return (
    <Section title="Limits">
      {plan.limits.length === 0 ? (
        <Text>No limit applies to this plan.</Text>
      ) : (
        <ul className={styles.limits}>
          {plan.limits.map((limit) => (
            <li key={limit.limit} className={limit.isKept ? undefined : styles.exceeded}>
              {limit.isKept ? <CheckIcon label="Kept:" color={token('color.icon.success')} /> : <ErrorIcon label="Exceeded:" color={token('color.icon.danger')} />}
              <HostileText text={sentence(limit.words)} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
