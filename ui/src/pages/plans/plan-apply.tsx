// Runs a plan: as a test without ado, live after it was confirmed, deletion after the number was typed. Then leads to the run.
import Button from '@atlaskit/button/new';
import Checkbox from '@atlaskit/checkbox';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import type { Job } from '@/api/use-job';
import { type PlanDetail, planKey } from '@/api/use-plan';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { JobWatch } from '@/parts/job-watch';
import { counted } from '@/parts/numbers';
import { sentence } from '@/parts/page-states';
import { lasting } from './lasting';

interface PlanApplyProps {
  plan: PlanDetail;
  onChanged: () => void;
  /** Where the run is shown; without it, on the page of the run. */
  onRun?: (run: string) => void;
}

export function PlanApply({ plan, onChanged, onRun }: PlanApplyProps) {
  const mayApply = useMay('operator');
  const isAdmin = useMay('admin');
  const [isOpen, setIsOpen] = useState(false);
  const [duringFreeze, setDuringFreeze] = useState(false);
  const [job, setJob] = useState<Job>();
  const apply = useIntention(
    (body: { duringFreeze: boolean }, key) => answerOf(api.POST('/api/v1/plans/{id}/runs', { params: { path: { id: plan.id }, header: { 'idempotency-key': key } }, body })),
    {
      onSuccess: ({ job: taken }) => {
        setIsOpen(false);
        setJob(taken);
      },
    },
  );
  if (!mayApply || (plan.state !== 'ready' && job === undefined)) return null;
  const isTest = plan.mode === 'test';
  const isDeletion = !isTest && plan.irreversible.deletions > 0;
  const cannot = lasting(plan);
  const accounts = counted(plan.accounts, 'account');
  const doing = isTest ? 'Run as a test' : isDeletion ? `Delete ${counted(plan.irreversible.deletions, 'account')}` : `Change ${accounts}`;
  const canOverride = apply.error?.code === 'frozen' && plan.origin.kind === 'undo' && isAdmin;
  return (
    <>
      {plan.state === 'ready' && (
        <Button appearance={isDeletion ? 'danger' : 'primary'} onClick={() => setIsOpen(true)}>
          {isTest ? 'Run as a test' : 'Run it…'}
        </Button>
      )}
      <ConfirmDialog
        isOpen={isOpen}
        title={doing}
        action={doing}
        appearance={isTest ? 'primary' : isDeletion ? 'danger' : 'warning'}
        {...(isDeletion ? { typed: plan.irreversible.deletions } : {})}
        isBusy={apply.isPending}
        problem={apply.error ?? undefined}
        onClose={() => setIsOpen(false)}
        onConfirm={() => apply.mutate({ duringFreeze })}
      >
        <Stack space="space.150">
          <Text>
            {isTest
              ? `The run shows what would be done to ${accounts} at ${plan.site}. The site is read and never written to.`
              : `${accounts} at ${plan.site} will be changed as this plan says. Each is read again first; whoever changed since is left alone. You can stop the run at any time.`}
          </Text>
          {!isTest && <Text weight="medium">{cannot === undefined ? 'All of it can be taken back afterwards.' : sentence(cannot)}</Text>}
          {!plan.mayApply.isAllowed && plan.mayApply.why && !apply.error && <Text color="color.text.danger">{sentence(plan.mayApply.why)}</Text>}
          {canOverride && <Checkbox label="Run it although changes are frozen now (an undo may)" isChecked={duringFreeze} onChange={(event) => setDuringFreeze(event.currentTarget.checked)} />}
        </Stack>
      </ConfirmDialog>
      <ModalTransition>{job && <Beginning plan={plan} job={job} onChanged={onChanged} onRun={onRun} onClose={() => setJob(undefined)} />}</ModalTransition>
    </>
  );
}

/** Until the run is there to look at. */
function Beginning({ plan, job, onChanged, onRun, onClose }: { plan: PlanDetail; job: Job; onChanged: () => void; onRun: PlanApplyProps['onRun']; onClose: () => void }) {
  const navigate = useNavigate();
  const show = useRef<(run: string) => void>(() => undefined);
  show.current = onRun ?? ((run) => navigate(`/runs/${run}`));
  const { data } = useQuery({
    queryKey: [...planKey(plan.id), 'run'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/plans/{id}', { params: { path: { id: plan.id } }, signal })),
    refetchInterval: 500,
    staleTime: 0,
  });
  const run = data?.run;
  useEffect(() => {
    if (run) show.current(run);
  }, [run]);
  return (
    <ModalDialog width="small" onClose={onClose}>
      <ModalHeader hasCloseButton>
        <ModalTitle>The run begins</ModalTitle>
      </ModalHeader>
      <ModalBody>
        <JobWatch
          job={job}
          onDone={(done) => {
            if (done.result?.run) show.current(done.result.run);
            else onChanged();
          }}
        />
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>Close</Button>
      </ModalFooter>
    </ModalDialog>
  );
}
