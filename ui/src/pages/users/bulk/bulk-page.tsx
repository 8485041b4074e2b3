// Changes many accounts at once: choose, look at the plan, run it and see what came of it. The address says what is chosen and how far it
// is, so that a page that is loaded again goes on where it was.
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useMay } from '@/frame/session';
import { NeedsSite } from '@/parts/needs-site';
import { PageHead } from '@/parts/page-head';
import { Empty, Forbidden } from '@/parts/page-states';
import { Steps } from '@/parts/steps';
import styles from './bulk.module.css';
import { type Choice, missing } from './choice';
import { fromAddress, inAddress } from './choice-address';
import { ChooseStep } from './choose-step';
import { PlanStep } from './plan-step';
import { PlanningStep } from './planning-step';
import { RunStep } from './run-step';
import { useAskedPlan } from './use-asked-plan';
import { type Carried, useChosen } from '../chosen';

const STEPS = [
  { id: 'choose', title: 'Choose' },
  { id: 'plan', title: 'Look at the plan' },
  { id: 'run', title: 'Run and report' },
] as const;

type Place = { job?: string; plan?: string; run?: string };

export function BulkPage() {
  const mayAct = useMay('operator');
  return (
    <>
      <PageHead title="Change users" trail={[{ text: 'Users', to: '/users' }]} />
      {mayAct ? <NeedsSite>{(site) => <Wizard site={site} />}</NeedsSite> : <Forbidden needs="operator" />}
    </>
  );
}

function Wizard({ site }: { site: string }) {
  const [params, setParams] = useSearchParams();
  const [choice, setChoice] = useState(() => fromAddress(params));
  const criterion = params.get('criterion') ?? '';
  const chosen = useChosen();
  const job = params.get('job');
  const made = params.get('plan');
  const run = params.get('run');

  const state: Carried = { chosen };
  const address = (of: Choice, place: Place) => {
    const next = new URLSearchParams({ site, ...(criterion ? { criterion } : {}) });
    for (const [name, value] of [...inAddress(of), ...Object.entries(place)]) next.append(name, value);
    return next;
  };
  function choose(now: Choice) {
    setChoice(now);
    setParams(address(now, {}), { replace: true, state });
  }
  // Going back leads to the step before; the plan that was made is still there.
  const go = (place: Place, replace = false, of = choice) => {
    setParams(address(of, place), { replace, state });
    window.scrollTo({ top: 0 });
  };

  const isNobody = criterion === '' && chosen.length === 0;
  const plan = useAskedPlan({ site, criterion, chosen }, (id) => go({ job: id }));
  /** The same again, live; what is refused is told where it was chosen. */
  function planLive() {
    const live: Choice = { ...choice, mode: 'live' };
    const again = () => go({}, false, live);
    setChoice(live);
    if (isNobody || Object.keys(missing(live)).length > 0) again();
    else plan.ask(live, again);
  }

  if (isNobody && !job && !made && !run) {
    return (
      <Empty title="Nobody is chosen" action={<Link to={`/users?${new URLSearchParams({ site })}`}>Choose users</Link>}>
        Choose users in the list, or describe them, and come back by “Change”.
      </Empty>
    );
  }
  return (
    <div className={styles.wizard}>
      <Steps label="Steps" steps={STEPS} now={run ? 'run' : made || job ? 'plan' : 'choose'} />
      {run ? (
        <RunStep key={run} id={run} isAsking={plan.isPending} onLive={planLive} />
      ) : made ? (
        <PlanStep key={made} id={made} onBack={() => go({})} onRun={(id) => go({ plan: made, run: id })} />
      ) : job ? (
        <PlanningStep key={job} job={job} onPlanned={(id) => go({ plan: id }, true)} onBack={() => go({}, true)} />
      ) : (
        <ChooseStep site={site} criterion={criterion} chosen={chosen} choice={choice} onChange={choose} plan={plan} />
      )}
    </div>
  );
}
