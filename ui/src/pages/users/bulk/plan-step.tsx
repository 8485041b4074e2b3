// Second step: the plan, person by person, before anything happens.
import Button from '@atlaskit/button/new';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { Link } from 'react-router';
import { asProblem } from '@/api/problems';
import { usePlan } from '@/api/use-plan';
import { useSession } from '@/frame/session';
import { PlanApply } from '@/pages/plans/plan-apply';
import { PlanDecision } from '@/pages/plans/plan-decision';
import { PlanLimits } from '@/pages/plans/plan-limits';
import { irreversible } from '@/pages/plans/lasting';
import { PlanStanding } from '@/pages/plans/plan-standing';
import { Figure, Figures } from '@/parts/figure';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { Failed, Loading } from '@/parts/page-states';
import { PlanItems } from '@/parts/plan-items';
import { State } from '@/parts/states';

interface PlanStepProps {
  id: string;
  onBack: () => void;
  onRun: (run: string) => void;
}

export function PlanStep({ id, onBack, onRun }: PlanStepProps) {
  const { operator } = useSession();
  const { data: plan, error, refetch } = usePlan(id);
  const back = <Button onClick={onBack}>Change the choice</Button>;
  if (!plan) return error ? <Failed problem={asProblem(error)} what="The plan" retry={() => void refetch()} action={back} /> : <Loading what="the plan" />;
  const cannot = irreversible(plan.actions);
  const isNobody = plan.accounts === 0;
  const changed = () => void refetch();
  return (
    <Stack space="space.300">
      <Inline space="space.100" alignBlock="center" shouldWrap>
        <State of="plan" state={plan.state} />
        <State of="mode" state={plan.mode} />
        <Text size="small" color="color.text.subtle">
          on the site as of <Instant at={plan.snapshotTakenAt} />, made by {plan.madeBy === operator.name ? 'you' : plan.madeBy}, expires <Instant at={plan.expiresAt} />
        </Text>
        <Link to={`/plans/${plan.id}`}>The plan has a page of its own</Link>
      </Inline>
      <PlanStanding plan={plan} />
      <Figures>
        <Figure name="Accounts changed" value={number(plan.accounts)} note={`by ${number(plan.items)} changes, of ${number(plan.selected)} selected`} />
        <Figure name={plan.seatsTaken > 0 && plan.seatsFreed === 0 ? 'Seats taken' : 'Seats freed'} value={number(plan.seatsFreed || plan.seatsTaken)} />
        <Figure name="Protected" value={number(plan.protected)} note="left as they are" />
        <Figure name="Refused" value={number(plan.refused)} note="cannot be done" />
        <Figure name="As wanted already" value={number(plan.already)} />
      </Figures>
      {!isNobody && <Text>{cannot.length === 0 ? 'All of it can be taken back afterwards, by an undo of the run.' : <strong>It cannot be taken back: {cannot.join(', ')}.</strong>}</Text>}
      <PlanLimits plan={plan} />
      <Inline space="space.100" shouldWrap rowSpace="space.100">
        {!isNobody && <PlanDecision plan={plan} onChanged={changed} />}
        {!isNobody && <PlanApply plan={plan} onChanged={changed} onRun={onRun} />}
        {plan.run && <Button onClick={() => onRun(plan.run ?? '')}>See its run</Button>}
        {back}
      </Inline>
      <PlanItems plan={plan} />
    </Stack>
  );
}
