// First step: whom it is about, what is to be done, as a test or live, within which limits.
import Button from '@atlaskit/button/new';
import { RadioGroup } from '@atlaskit/radio';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { CriterionFindings, CriterionSample } from '@/criterion/criterion-findings';
import { useFindings } from '@/criterion/use-findings';
import { FormColumn } from '@/parts/form-column';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Section } from '@/parts/section';
import type { Carried, Chosen } from '../chosen';
import { ActionChoice } from './action-choice';
import styles from './bulk.module.css';
import { type Choice, actionsOf, limitsOf, missing } from './choice';
import { ChosenPeople } from './chosen-people';
import { LimitFields } from './limit-fields';

interface ChooseStepProps {
  site: string;
  /** Whom it is about: a criterion, or … */
  criterion: string;
  /** … rows that were chosen one by one. */
  chosen: readonly Chosen[];
  choice: Choice;
  onChange: (choice: Choice) => void;
  /** The plan is being made. */
  onAsked: (job: string) => void;
}

type Wanted = { site: string; criterion?: string; accounts?: string[]; actions: unknown[]; mode: string; limits?: Record<string, unknown> };

export function ChooseStep({ site, criterion, chosen, choice, onChange, onAsked }: ChooseStepProps) {
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const isByHand = criterion === '';
  const findings = useFindings(isByHand ? undefined : site, criterion);
  const total = isByHand ? chosen.length : findings.total;
  const [isAsked, setIsAsked] = useState(false);
  const ask = useIntention(
    (wanted: Wanted, key) =>
      // The document cannot say that an action is a word or an object.
      answerOf(api.POST('/api/v1/plans', { params: { header: { 'idempotency-key': key } }, body: { kind: 'selection', ...wanted } as never })),
    { onSuccess: ({ job }) => onAsked(job.id) },
  );
  const wrong = isAsked ? missing(choice) : {};
  const isNobody = total === 0;
  const gone = chosen.filter((_, at) => ask.error?.at(`/accounts/${at}`));
  const back = `/users?${new URLSearchParams({ site, ...(isByHand || criterion === 'all' ? {} : { criterion }) })}`;

  function plan() {
    setIsAsked(true);
    if (Object.keys(missing(choice)).length > 0) return;
    const limits = limitsOf(choice);
    ask.mutate({ site, ...(isByHand ? { accounts: chosen.map(({ key }) => key) } : { criterion }), actions: actionsOf(choice), mode: choice.mode, ...(limits ? { limits } : {}) });
  }

  return (
    <FormColumn
      label="What to change"
      isWide
      onSubmit={plan}
      problem={ask.error ?? undefined}
      shown={[...chosen.map((_, at) => `/accounts/${at}`), '/limits/accounts', '/limits/percent', '/limits/minimum-idle', '/limits/canary', '/limits/failures']}
      buttons={
        <>
          <Button type="submit" appearance="primary" isLoading={ask.isPending} isDisabled={isNobody || findings.wrong !== undefined}>
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
              ask.reset();
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
        <LimitFields site={site} total={total} choice={choice} onChange={onChange} problem={ask.error ?? undefined} />
      </Section>
    </FormColumn>
  );
}
