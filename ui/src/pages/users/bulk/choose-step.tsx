// First step: whom it is about, what is to be done, as a test or live, within which limits.
import Button from '@atlaskit/button/new';
import { RadioGroup } from '@atlaskit/radio';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { CriterionFindings, CriterionSample } from '@/criterion/criterion-findings';
import { useFindings } from '@/criterion/use-findings';
import { FormColumn } from '@/parts/form-column';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Section } from '@/parts/section';
import type { Carried, Chosen } from '../chosen';
import { ActionChoice } from './action-choice';
import styles from './bulk.module.css';
import { type Choice, missing } from './choice';
import { ChosenPeople } from './chosen-people';
import { LimitFields } from './limit-fields';
import type { AskedPlan } from './use-asked-plan';

interface ChooseStepProps {
  site: string;
  /** Whom it is about: a criterion, or … */
  criterion: string;
  /** … rows that were chosen one by one. */
  chosen: readonly Chosen[];
  choice: Choice;
  onChange: (choice: Choice) => void;
  plan: AskedPlan;
}

export function ChooseStep({ site, criterion, chosen, choice, onChange, plan }: ChooseStepProps) {
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const isByHand = criterion === '';
  const findings = useFindings(isByHand ? undefined : site, criterion);
  const total = isByHand ? chosen.length : findings.total;
  const [isAsked, setIsAsked] = useState(false);
  const wrong = isAsked ? missing(choice) : {};
  const isNobody = total === 0;
  const gone = chosen.filter((_, at) => plan.problem?.at(`/accounts/${at}`));
  const back = `/users?${new URLSearchParams({ site, ...(isByHand || criterion === 'all' ? {} : { criterion }) })}`;

  function make() {
    setIsAsked(true);
    if (Object.keys(missing(choice)).length === 0) plan.ask(choice);
  }

  return (
    <FormColumn
      label="What to change"
      isWide
      onSubmit={make}
      problem={plan.problem}
      shown={[...chosen.map((_, at) => `/accounts/${at}`), '/limits/accounts', '/limits/percent', '/limits/minimum-idle', '/limits/canary', '/limits/failures']}
      buttons={
        <>
          <Button type="submit" appearance="primary" isLoading={plan.isPending} isDisabled={isNobody || findings.wrong !== undefined}>
            Make the plan
          </Button>
          <Button appearance="subtle" onClick={() => navigate(back)}>
            Cancel
          </Button>
        </>
      }
    >
      <Section title="Who" actions={<Link to={back}>Choose others</Link>}>
        {isByHand ? (
          <ChosenPeople
            site={site}
            chosen={chosen}
            missing={gone}
            onLeaveOut={(left) => {
              plan.reset();
              setParams(params, { replace: true, state: { chosen: chosen.filter((one) => !left.includes(one)) } satisfies Carried });
            }}
          />
        ) : (
          <Stack space="space.100">
            <code className={styles.criterion}>
              <HostileText text={criterion} />
            </code>
            {findings.wrong && <Text color="color.text.danger">{findings.wrong.message}</Text>}
            <CriterionFindings findings={findings} emptyMeans="nothing" />
            <CriterionSample site={site} findings={findings} />
            {findings.snapshotTakenAt && (
              <Text size="small" color="color.text.subtle">
                Counted as the site was read <Instant at={findings.snapshotTakenAt} />. For the plan it is read again where that is older than a day, or where something was changed since.
              </Text>
            )}
          </Stack>
        )}
      </Section>
      <Section title="What">
        <Text>In this order for each account. Whoever is so already is left as is.</Text>
        <ActionChoice site={site} choice={choice} onChange={onChange} wrong={wrong} />
      </Section>
      <Section title="Test or live">
        <RadioGroup
          value={choice.mode}
          onChange={(event) => onChange({ ...choice, mode: event.currentTarget.value === 'live' ? 'live' : 'test' })}
          options={[
            { name: 'mode', value: 'test', label: 'Test: shows everything as it would be, and cannot change anything' },
            { name: 'mode', value: 'live', label: 'Live: changes the site, after you have looked at the plan and confirmed it' },
          ]}
        />
      </Section>
      <Section title="Limits">
        <LimitFields site={site} total={total} choice={choice} onChange={onChange} problem={plan.problem} />
      </Section>
    </FormColumn>
  );
}
