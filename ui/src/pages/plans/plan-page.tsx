import { Stack } from '@atlaskit/primitives/compiled';
import { Link, useParams } from 'react-router';
import { asProblem } from '@/api/problems';
import { type PlanDetail, usePlan } from '@/api/use-plan';
import { ChangeWords } from '@/parts/change-words';
import { Facts } from '@/parts/facts';
import { Figure, Figures } from '@/parts/figure';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { planName } from '@/parts/names';
import { number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Failed, Loading } from '@/parts/page-states';
import { PlanItems } from '@/parts/plan-items';
import { Section } from '@/parts/section';
import { State } from '@/parts/states';
import { PlanApply } from './plan-apply';
import { PlanDecision } from './plan-decision';
import { PlanLimits } from './plan-limits';
import { lasting } from './lasting';
import { PlanStanding } from './plan-standing';
import { PlanStory } from './plan-story';
import styles from './plans.module.css';

const TRAIL = [{ text: 'Plans', to: '/plans' }];

export function PlanPage() {
  const { id = '' } = useParams();
  const { data: plan, error, refetch } = usePlan(id);
  if (!plan) {
    return (
      <>
        <PageHead title="Plan" trail={TRAIL} />
        {error ? <Failed problem={asProblem(error)} what="The plan" retry={() => void refetch()} action={<Link to="/plans">All plans</Link>} /> : <Loading what="the plan" />}
      </>
    );
  }
  const changed = () => void refetch();
  return (
    <>
      <PageHead
        title={planName(plan.origin)}
        windowTitle={`Plan of ${planName(plan.origin)}`}
        trail={TRAIL}
        beside={
          <>
            <State of="plan" state={plan.state} />
            <State of="mode" state={plan.mode} />
          </>
        }
        actions={
          <>
            <PlanDecision plan={plan} onChanged={changed} />
            <PlanApply plan={plan} onChanged={changed} />
          </>
        }
      >
        {plan.mode === 'test' ? 'A test: when it is run, everything is shown as it would be, and nothing is changed at the site.' : null}
      </PageHead>
      <Stack space="space.300">
        <PlanStanding plan={plan} />
        <Figures>
          <Figure name="Accounts changed" value={number(plan.accounts)} note={`by ${number(plan.items)} changes, of ${number(plan.selected)} selected`} />
          <Figure name={plan.seatsTaken > 0 && plan.seatsFreed === 0 ? 'Seats taken' : 'Seats freed'} value={number(plan.seatsFreed || plan.seatsTaken)} note={plan.seatsFreed > 0 && plan.seatsTaken > 0 ? `${number(plan.seatsTaken)} taken` : undefined} />
          <Figure name="Protected" value={number(plan.protected)} note="left as they are" />
          <Figure name="Refused" value={number(plan.refused)} note="cannot be done" />
          <Figure name="As wanted already" value={number(plan.already)} />
        </Figures>
        <div className={styles.columns}>
          <Section title="What was decided on">
            <Facts facts={factsOf(plan)} />
          </Section>
          <Stack space="space.300">
            <PlanLimits plan={plan} />
            <PlanStory plan={plan} />
          </Stack>
        </div>
        <Section title="Person by person">
          <PlanItems plan={plan} />
        </Section>
      </Stack>
    </>
  );
}

function factsOf(plan: PlanDetail): [string, React.ReactNode][] {
  const cannot = lasting(plan);
  const { origin } = plan;
  return [
    ['Site', plan.site],
    [
      'Comes from',
      origin.kind === 'policy' ? (
        <Link key="o" to={`/policies/${encodeURIComponent(origin.name)}`}>
          policy {origin.name}
        </Link>
      ) : origin.kind === 'undo' ? (
        <Link key="o" to={`/runs/${origin.run}`}>
          the undo of an earlier run
        </Link>
      ) : (
        'a selection made by hand'
      ),
    ],
    ...(plan.criterion ? ([['Who', <code key="c" className={styles.criterion}><HostileText text={plan.criterion} /></code>]] as [string, React.ReactNode][]) : []),
    ...(plan.only ? ([['Restricted to', plan.only]] as [string, React.ReactNode][]) : []),
    ...(plan.actions.length > 0
      ? ([
          [
            'What, in this order',
            <ol key="a" className={styles.actions}>
              {plan.actions.map((action) => (
                <li key={action}>
                  <ChangeWords action={action} />
                </li>
              ))}
            </ol>,
          ],
        ] as [string, React.ReactNode][])
      : []),
    ['Can be undone', cannot === undefined ? 'yes, all of it, by an undo of the run' : <strong key="u">{cannot}</strong>],
    ['Made by', <span key="m"><HostileText text={plan.madeBy} />, <Instant at={plan.madeAt} /></span>],
    ['On the site as of', <Instant key="s" at={plan.snapshotTakenAt} as="time" />],
    ['Expires', <Instant key="e" at={plan.expiresAt} as="time" />],
    ...(plan.canary ? ([['Worked first', `${number(plan.canary)} accounts; the rest only if all of them go well`]] as [string, React.ReactNode][]) : []),
    ['Stops after', `${number(plan.failures)} failures`],
    ['Fingerprint', <code key="f" className={styles.fingerprint} title={plan.fingerprint}>{plan.fingerprint.slice(0, 16)}…</code>],
  ];
}
