// Third step: the run, live, and what came of it.
import Button from '@atlaskit/button/new';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { Link, useNavigate } from 'react-router';
import { useLiveRun } from '@/api/use-live-run';
import { useAddress } from '@/frame/use-address';
import { RunActions } from '@/pages/runs/run-actions';
import { RunItems } from '@/pages/runs/run-items';
import { counted } from '@/parts/numbers';
import { Failed, Loading, sentence } from '@/parts/page-states';
import { RunProgress } from '@/parts/run-progress';
import { ServerWords } from '@/parts/server-words';
import { State } from '@/parts/states';

interface RunStepProps {
  id: string;
  /** The same plan is to be made live, and … */
  onLive: () => void;
  /** … is being asked for. */
  isAsking: boolean;
}

export function RunStep({ id, onLive, isAsking }: RunStepProps) {
  const navigate = useNavigate();
  const live = useLiveRun(id);
  const [outcome, setOutcome] = useAddress('outcome');
  const { run, problem } = live;
  if (!run) return problem ? <Failed problem={problem} what="The run" retry={live.refetch} /> : <Loading what="the run" />;
  const isTest = run.mode === 'test';
  const done = run.counts.done ?? 0;
  const trouble = (run.counts.failed ?? 0) + (run.counts.unknown ?? 0) + (run.counts.drifted ?? 0) + (run.counts.refused ?? 0);
  return (
    <Stack space="space.300">
      <Inline space="space.100" alignBlock="center" shouldWrap>
        <State of="run" state={run.state} />
        <State of="mode" state={run.mode} />
        <Link to={`/runs/${run.id}`}>The run has a page of its own</Link>
      </Inline>
      {run.isOver && (
        <div role="status">
          <SectionMessage appearance={run.state === 'done' && trouble === 0 ? 'success' : 'warning'} title={isTest ? 'The test is over: nothing was changed' : `The run is ${run.state}`}>
            <Stack space="space.100">
              <Text>
                {isTest ? `A live run would make ${counted(done, 'change')}` : `${counted(done, 'change')} made`}
                {trouble > 0 && `; ${counted(trouble, 'item')} went otherwise, each with its reason below`}.
              </Text>
              {run.stoppedBecause && <ServerWords text={sentence(run.stoppedBecause)} site={run.site} />}
            </Stack>
          </SectionMessage>
        </div>
      )}
      <RunProgress live={live} chosen={outcome} onChoose={setOutcome} />
      <Inline space="space.100" shouldWrap rowSpace="space.100">
        {run.isOver && isTest && (
          <Button appearance="primary" isLoading={isAsking} onClick={onLive}>
            Plan it live
          </Button>
        )}
        <RunActions run={run} onChanged={live.refetch} />
      </Inline>
      <RunItems run={run} outcome={outcome} onOutcome={setOutcome} onAccount={(account) => navigate(`/runs/${run.id}?${new URLSearchParams({ account })}`)} />
    </Stack>
  );
}
