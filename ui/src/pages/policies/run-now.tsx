// Runs a policy at once, in the mode it is switched to; a policy that is off is switched on in test mode for it.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { type Job, useJob } from '@/api/use-job';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { JobWatch } from '@/parts/job-watch';
import { type Policy, policyKey } from './policy-answers';

export function RunNow({ policy, sites }: { policy: Policy; sites: readonly string[] }) {
  const may = useMay('operator');
  const client = useQueryClient();
  const [isAsked, setIsAsked] = useState(false);
  const [jobs, setJobs] = useState<readonly Job[]>();
  const run = useIntention(
    (_: { version: string; state: string }, key) => answerOf(api.POST('/api/v1/policies/{name}/runs', { params: { path: { name: policy.name }, header: { 'idempotency-key': key } }, body: { site: null } })),
    {
      onSuccess: (answer) => {
        setIsAsked(false);
        setJobs(answer.jobs);
      },
    },
  );
  if (!may) return null;
  const isLive = policy.state === 'live';
  const changed = () => {
    void client.invalidateQueries({ queryKey: policyKey(policy.name) });
    void client.invalidateQueries({ queryKey: ['policies'] });
    void client.invalidateQueries({ queryKey: ['runs'] });
  };
  return (
    <>
      <Button appearance="primary" isDisabled={policy.state === 'off'} onClick={() => setIsAsked(true)}>
        {isLive ? 'Run now…' : 'Test run'}
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        title={isLive ? 'Run now, live' : 'Test run'}
        action={isLive ? 'Run now' : 'Test run'}
        appearance={isLive ? 'warning' : 'primary'}
        isBusy={run.isPending}
        problem={run.error ?? undefined}
        onClose={() => {
          run.reset();
          setIsAsked(false);
        }}
        onConfirm={() => run.mutate({ version: policy.version, state: policy.state })}
      >
        <Text>
          {isLive
            ? `A plan is made at ${sites.join(', ')} and run at once, unless it exceeds a limit or needs an approval. Accounts are changed.`
            : `A plan is made at ${sites.join(', ')} and run as a test: the report shows who would be changed and why. Nothing is changed.`}
        </Text>
      </ConfirmDialog>
      <ModalTransition>
        {jobs && (
          <ModalDialog width="small" onClose={() => setJobs(undefined)}>
            <ModalHeader hasCloseButton>
              <ModalTitle>{isLive ? 'Run' : 'Test run'}</ModalTitle>
            </ModalHeader>
            <ModalBody>
              <Stack space="space.250">
                {jobs.map((job) => (
                  <OneJob key={job.id} job={job} onDone={changed} />
                ))}
                <Text size="small" color="color.text.subtle">
                  It goes on when this is closed.
                </Text>
              </Stack>
            </ModalBody>
            <ModalFooter>
              <Button onClick={() => setJobs(undefined)}>Close</Button>
            </ModalFooter>
          </ModalDialog>
        )}
      </ModalTransition>
    </>
  );
}

const ENDED: Record<string, readonly [title: string, appearance: 'success' | 'warning' | 'information']> = {
  done: ['Done', 'success'],
  planned: ['Planned', 'success'],
  partly: ['Done, but some items were refused or failed', 'warning'],
  stopped: ['Stopped before its end', 'warning'],
  'awaiting-approval': ['The plan awaits approval', 'information'],
  'over-limit': ['The plan is over a limit: nothing was changed', 'warning'],
};

function OneJob({ job: first, onDone }: { job: Job; onDone: () => void }) {
  const { job = first } = useJob(first.id, first);
  const [title, appearance] = ENDED[job.result?.ended ?? ''] ?? ['Over', 'information'];
  return (
    <Stack space="space.150">
      <Text weight="medium">{job.site ?? ''}</Text>
      <JobWatch job={first} onDone={onDone} />
      {job.result && (
        <SectionMessage appearance={appearance} title={title}>
          <Stack space="space.050">
            {job.result.run && <Link to={`/runs/${job.result.run}`}>The run, item by item</Link>}
            {job.result.plans.map((plan) => (
              <Link key={plan} to={`/plans/${plan}`}>
                The plan: who, what and why
              </Link>
            ))}
          </Stack>
        </SectionMessage>
      )}
    </Stack>
  );
}
