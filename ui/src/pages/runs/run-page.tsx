import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { Link, useParams } from 'react-router';
import { useLiveRun } from '@/api/use-live-run';
import { useAddress } from '@/frame/use-address';
import { AddressTabs } from '@/parts/address-tabs';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { runName } from '@/parts/names';
import { PageHead } from '@/parts/page-head';
import { Failed, Loading, sentence } from '@/parts/page-states';
import { RunProgress, itemsOf } from '@/parts/run-progress';
import { ServerWords } from '@/parts/server-words';
import { State } from '@/parts/states';
import { RunActions } from './run-actions';
import { RunItemDialog } from './run-item-dialog';
import { RunItems } from './run-items';
import { RunMails } from './run-mails';
import { RunStory } from './run-story';

export function RunPage() {
  const { id = '' } = useParams();
  // Another run is another page.
  return <OneRun key={id} id={id} />;
}

const TRAIL = [{ text: 'Runs', to: '/runs' }];

function OneRun({ id }: { id: string }) {
  const live = useLiveRun(id);
  const [outcome, setOutcome] = useAddress('outcome');
  const [account, setAccount] = useAddress('account');
  const { run, problem } = live;
  if (!run) {
    return (
      <>
        <PageHead title="Run" trail={TRAIL} />
        {problem ? <Failed problem={problem} what="The run" retry={live.refetch} action={<Link to="/runs">All runs</Link>} /> : <Loading what="the run" />}
      </>
    );
  }
  return (
    <>
      <PageHead
        title={runName(run)}
        windowTitle={`Run of ${runName(run)}`}
        trail={TRAIL}
        beside={
          <>
            <State of="run" state={run.state} />
            <State of="mode" state={run.mode} />
          </>
        }
        actions={<RunActions run={run} onChanged={live.refetch} />}
      >
        {run.mode === 'test' ? 'A test: everything is shown as it would be, and nothing is changed at the site.' : null}
      </PageHead>
      <Stack space="space.300">
        {run.stoppedBecause && (
          <SectionMessage appearance={run.state === 'failed' ? 'error' : 'warning'} title={run.state === 'failed' ? 'The run ended before its last item' : run.isOver ? 'The run was stopped' : 'The run is to stop'}>
            <Stack space="space.100">
              <ServerWords text={sentence(run.stoppedBecause)} site={run.site} />
              {run.isOver && <Text>What has an outcome below stays as it is. “Go on” takes up the rest; whoever changed meanwhile is left alone.</Text>}
            </Stack>
          </SectionMessage>
        )}
        <RunProgress live={live} chosen={outcome} onChoose={setOutcome} />
        <Facts
          facts={[
            ['Site', run.site],
            ['Comes from', run.policy ? <Link key="p" to={`/policies/${encodeURIComponent(run.policy)}`}>policy {run.policy}</Link> : run.undoOf ? <Link key="u" to={`/runs/${run.undoOf}`}>undo of an earlier run</Link> : 'a selection made by hand'],
            ['Plan', <Link key="plan" to={`/plans/${run.plan}`}>who, what and why, as it was decided</Link>],
            ['Asked for by', <HostileText key="by" text={run.startedBy} />],
            ['Begun', <Begun key="b" run={run} />],
            ...(run.undoneBy ? ([['Taken back', <Link key="t" to={`/runs/${run.undoneBy}`}>by a later run</Link>]] as const) : []),
          ]}
        />
        <AddressTabs
          label="Parts of the run"
          tabs={[
            { id: 'items', title: 'Items', count: itemsOf(run), content: <RunItems run={run} outcome={outcome} onOutcome={setOutcome} onAccount={setAccount} /> },
            { id: 'story', title: 'What happened', content: <RunStory id={id} isOver={run.isOver} /> },
            { id: 'mails', title: 'Mails', content: <RunMails run={run} /> },
          ]}
        />
      </Stack>
      <RunItemDialog run={run} account={account} onClose={() => setAccount(undefined)} />
    </>
  );
}

function Begun({ run }: { run: { startedAt?: string | null; createdAt: string; finishedAt?: string | null } }) {
  const begun = run.startedAt ?? run.createdAt;
  const seconds = run.finishedAt ? Math.round((Date.parse(run.finishedAt) - Date.parse(begun)) / 1000) : undefined;
  return (
    <>
      <Instant at={begun} as="time" />
      {seconds !== undefined && `, took ${lasting(seconds)}`}
    </>
  );
}

export function lasting(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
