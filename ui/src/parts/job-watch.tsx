// Follows a job from the moment it was taken to its end, and says how it stands.
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import ProgressBar from '@atlaskit/progress-bar';
import SectionMessage from '@atlaskit/section-message';
import { type ReactNode, useEffect, useRef } from 'react';
import { type Job, isOver, useJob } from '@/api/use-job';
import { Instant } from './instant';
import { Failed, sentence } from './page-states';
import { ServerWords } from './server-words';
import { State } from './states';

const DOING: Record<string, string> = {
  sync: 'Reading the site',
  'run-policy': 'Running the policy',
  'plan-policy': 'Planning the policy',
  'plan-selection': 'Making the plan',
  apply: 'Applying the plan',
  resume: 'Going on with the run',
  undo: 'Planning the undo',
};

interface JobWatchProps {
  /** As the 202 answered it. */
  job: Job;
  /** Once, when it came to its end: `job.result` has the snapshot, plans, run. */
  onDone?: (job: Job) => void;
  /** Where it ended otherwise: what to do next. */
  action?: ReactNode;
}

export function JobWatch({ job: first, onDone, action }: JobWatchProps) {
  const { job = first, problem } = useJob(first.id, first);
  const told = useRef<string>();
  useEffect(() => {
    if (job.state !== 'done' || told.current === job.id) return;
    told.current = job.id;
    onDone?.(job);
  }, [job, onDone]);

  if (problem && !isOver(job)) return <Failed problem={problem} what="The job" />;
  const doing = DOING[job.kind] ?? job.kind;
  if (job.error || (isOver(job) && job.state !== 'done')) {
    return (
      <div role="alert">
        <SectionMessage appearance={job.error ? 'error' : 'warning'} title={`${doing}: ${job.state}`}>
          <Stack space="space.100">
            <Text>
              <ServerWords text={sentence(job.error?.message ?? job.note ?? 'Nothing was changed.')} site={job.site ?? undefined} />
            </Text>
            {action}
          </Stack>
        </SectionMessage>
      </div>
    );
  }
  return (
    <div role="status">
      <Stack space="space.100">
        <Inline space="space.100" alignBlock="center">
          <Text weight="medium">{doing}</Text>
          <State of="job" state={job.state} />
          {job.isFrozen && <Text>waits for the end of a freeze</Text>}
        </Inline>
        {!isOver(job) && <ProgressBar isIndeterminate ariaLabel={doing} />}
        <Text size="small" color="color.text.subtle">
          {job.startedAt ? 'Begun' : 'Asked for'} <Instant at={job.startedAt ?? job.createdAt} />
          {job.attempts > 0 && `, tried ${job.attempts} times before`}
        </Text>
        {job.note && <Text size="small">{sentence(job.note)}</Text>}
      </Stack>
    </div>
  );
}
