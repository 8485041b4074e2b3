// What can be done with a run: stop it, go on with it, take it back, keep its report.
import Button from '@atlaskit/button/new';
import DropdownMenu, { DropdownItem, DropdownItemGroup } from '@atlaskit/dropdown-menu';
import { Text } from '@atlaskit/primitives/compiled';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { answerOf, api } from '@/api/client';
import { download } from '@/api/download';
import { useIntention } from '@/api/idempotency';
import { asProblem } from '@/api/problems';
import type { Job } from '@/api/use-job';
import type { Run } from '@/api/use-live-run';
import { raiseFlag } from '@/frame/flag-list';
import { Gate } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { JobWatch } from '@/parts/job-watch';
import { runName } from '@/parts/names';
import { counted } from '@/parts/numbers';
import { ReasonDialog } from '@/parts/reason-dialog';

const FILES = [
  { text: 'CSV', accept: 'text/csv', ending: 'csv' },
  { text: 'Excel (XLSX)', accept: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', ending: 'xlsx' },
  { text: 'Plain text', accept: 'text/plain', ending: 'txt' },
  { text: 'JSON', accept: 'application/json', ending: 'json' },
] as const;

export function RunActions({ run, onChanged }: { run: Run; onChanged: () => void }) {
  const canResume = run.isOver && (run.state === 'stopped' || run.state === 'failed');
  const canUndo = run.isOver && run.mode === 'live' && (run.counts.done ?? 0) > 0;
  return (
    <>
      <Gate needs="operator">
        {!run.isOver && run.state !== 'stopping' && <Stop run={run} onChanged={onChanged} />}
        {canResume && <Resume run={run} onChanged={onChanged} />}
        {canUndo && <Undo run={run} />}
      </Gate>
      <Report run={run} />
    </>
  );
}

function Report({ run }: { run: Run }) {
  const [isBusy, setIsBusy] = useState(false);
  async function keep(file: (typeof FILES)[number]) {
    setIsBusy(true);
    try {
      const day = run.createdAt.slice(0, 10);
      const name = runName(run).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
      await download(`/api/v1/runs/${encodeURIComponent(run.id)}/report`, { accept: file.accept, name: `${run.site}-${name}-${day}.${file.ending}` });
    } catch (thrown) {
      raiseFlag({ kind: 'failed', title: 'The report could not be loaded', description: asProblem(thrown).detail });
    } finally {
      setIsBusy(false);
    }
  }
  return (
    <DropdownMenu trigger="Download" isLoading={isBusy} placement="bottom-end" shouldRenderToParent label="Download the report">
      <DropdownItemGroup title="Report, as it stands now">
        {FILES.map((file) => (
          <DropdownItem key={file.ending} onClick={() => void keep(file)}>
            {file.text}
          </DropdownItem>
        ))}
      </DropdownItemGroup>
    </DropdownMenu>
  );
}

function Stop({ run, onChanged }: { run: Run; onChanged: () => void }) {
  const [isOpen, setIsOpen] = useState(false);
  const stop = useIntention(
    (body: { reason: string }, key) => answerOf(api.POST('/api/v1/runs/{id}/stop', { params: { path: { id: run.id }, header: { 'idempotency-key': key } }, body })),
    {
      onSuccess: () => {
        setIsOpen(false);
        onChanged();
      },
    },
  );
  return (
    <>
      <Button appearance="warning" onClick={() => setIsOpen(true)}>
        Stop
      </Button>
      <ReasonDialog
        isOpen={isOpen}
        title="Stop the run"
        action="Stop the run"
        appearance="warning"
        help="Stands in the audit log and in the report."
        isBusy={stop.isPending}
        problem={stop.error ?? undefined}
        onConfirm={(reason) => stop.mutate({ reason })}
        onClose={() => setIsOpen(false)}
      >
        The run ends before its next item. What is under way is finished, what is done stays done, and it can go on later.
      </ReasonDialog>
    </>
  );
}

function Resume({ run, onChanged }: { run: Run; onChanged: () => void }) {
  const [isOpen, setIsOpen] = useState(false);
  const [job, setJob] = useState<Job>();
  const rest = (run.counts.pending ?? 0) + (run.counts.stopped ?? 0) + (run.counts.started ?? 0);
  const resume = useIntention(
    (_: null, key) => answerOf(api.POST('/api/v1/runs/{id}/resume', { params: { path: { id: run.id }, header: { 'idempotency-key': key } } })),
    {
      onSuccess: ({ job: taken }) => {
        setIsOpen(false);
        setJob(taken);
      },
    },
  );
  // The run begins to move as soon as the job is worked on; from then on it is followed.
  const look = useRef(onChanged);
  look.current = onChanged;
  useEffect(() => {
    if (job === undefined) return;
    const timer = setInterval(() => look.current(), 1000);
    return () => clearInterval(timer);
  }, [job]);
  return (
    <>
      <Button appearance="primary" onClick={() => setIsOpen(true)}>
        Go on
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title="Go on with the run"
        action="Go on"
        isBusy={resume.isPending}
        problem={resume.error ?? undefined}
        onClose={() => setIsOpen(false)}
        onConfirm={() => resume.mutate(null)}
      >
        <Text>
          {rest > 0 ? `${counted(rest, 'item')} without an outcome will be worked.` : 'What failed will be looked at again.'} Each account is read again first: what is so already is left, and so is whoever changed since the plan
          was made.{run.mode === 'live' ? ' The run is live: the site is changed.' : ' The run is a test: nothing is changed.'}
        </Text>
      </ConfirmDialog>
      <JobDialog title="Going on" job={job} onDone={onChanged} onClose={() => setJob(undefined)} />
    </>
  );
}

function Undo({ run }: { run: Run }) {
  const navigate = useNavigate();
  const [isOpen, setIsOpen] = useState(false);
  const [job, setJob] = useState<Job>();
  const undo = useIntention(
    (_: null, key) => answerOf(api.POST('/api/v1/runs/{id}/undo', { params: { path: { id: run.id }, header: { 'idempotency-key': key } }, body: { apply: false, duringFreeze: false } })),
    {
      onSuccess: ({ job: taken }) => {
        setIsOpen(false);
        setJob(taken);
      },
    },
  );
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Undo…</Button>
      <ConfirmDialog isOpen={isOpen} title="Plan the undo" action="Make the plan" isBusy={undo.isPending} problem={undo.error ?? undefined} onClose={() => setIsOpen(false)} onConfirm={() => undo.mutate(null)}>
        <Text>
          The site is read, and a plan is made that puts back what this run changed ({counted(run.counts.done ?? 0, 'item')}), newest first. Nothing is changed yet: you look at the plan, and it is approved and run like any
          other. What somebody changed since is left as it is, and what cannot be put back is listed.
        </Text>
      </ConfirmDialog>
      <JobDialog
        title="Planning the undo"
        job={job}
        onClose={() => setJob(undefined)}
        onDone={(done) => {
          const plan = done.result?.plans[0];
          if (plan) navigate(`/plans/${plan}`);
        }}
      />
    </>
  );
}

function JobDialog({ title, job, onDone, onClose }: { title: string; job: Job | undefined; onDone: (job: Job) => void; onClose: () => void }) {
  return (
    <ModalTransition>
      {job && (
        <ModalDialog width="small" onClose={onClose}>
          <ModalHeader hasCloseButton>
            <ModalTitle>{title}</ModalTitle>
          </ModalHeader>
          <ModalBody>
            <JobWatch
              job={job}
              onDone={(done) => {
                onDone(done);
                onClose();
              }}
            />
          </ModalBody>
          <ModalFooter>
            <Button onClick={onClose}>Close</Button>
          </ModalFooter>
        </ModalDialog>
      )}
    </ModalTransition>
  );
}
