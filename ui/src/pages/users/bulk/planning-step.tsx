// While the plan is made: the site is read first where what is known is old.
import Button from '@atlaskit/button/new';
import { Stack } from '@atlaskit/primitives/compiled';
import { useJob } from '@/api/use-job';
import { JobWatch } from '@/parts/job-watch';
import { Failed, Loading } from '@/parts/page-states';

interface PlanningStepProps {
  job: string;
  onPlanned: (plan: string) => void;
  onBack: () => void;
}

export function PlanningStep({ job: id, onPlanned, onBack }: PlanningStepProps) {
  const { job, problem } = useJob(id);
  const back = <Button onClick={onBack}>Change the choice</Button>;
  if (!job) return problem ? <Failed problem={problem} what="The making of the plan" action={back} /> : <Loading rows={3} what="the making of the plan" />;
  return (
    <Stack space="space.200">
      <JobWatch
        job={job}
        action={back}
        onDone={(done) => {
          const plan = done.result?.plans[0];
          if (plan) onPlanned(plan);
        }}
      />
    </Stack>
  );
}
