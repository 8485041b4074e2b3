import Button from '@atlaskit/button/new';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { usePolicyNames } from '@/api/use-policy-names';
import { useAddress } from '@/frame/use-address';
import { useSite } from '@/frame/use-site';
import { Choice } from '@/parts/choice';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { runName } from '@/parts/names';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { RUN_COLUMNS } from './run-columns';

type Run = Schemas['Run'];

const STATES = ['pending', 'running', 'stopping', 'stopped', 'done', 'failed'].map((state) => [state, state] as const);

const COLUMNS: readonly Column<Run>[] = [
  {
    id: 'run',
    head: 'Run',
    isFixed: true,
    cell: (run) => (
      <Link to={`/runs/${run.id}`}>
        <HostileText text={runName(run)} />
      </Link>
    ),
  },
  ...RUN_COLUMNS,
  { id: 'begun', head: 'Begun', cell: (run) => <Instant at={run.startedAt ?? run.createdAt} /> },
  { id: 'ended', head: 'Ended', cell: (run) => <Instant at={run.finishedAt} />, isExtra: true },
];

export function RunList() {
  const { filter: site } = useSite();
  const [policy, setPolicy] = useAddress('policy');
  const [state, setState] = useAddress('state');
  const [mode, setMode] = useAddress('mode');
  const policies = usePolicyNames();
  const isFiltered = Boolean(site ?? policy ?? state ?? mode);
  const query = { ...(site ? { site } : {}), ...(policy ? { policy } : {}), ...(state ? { state } : {}), ...(mode ? { mode } : {}) };
  const pages = usePages(
    ['runs', query],
    (cursor, signal) => answerOf(api.GET('/api/v1/runs', { params: { query: { ...query, ...(cursor ? { cursor } : {}) } }, signal })),
    { refetchEvery: 15_000 },
  );
  return (
    <>
      <PageHead title="Runs">Each execution of a plan, item by item: what was done, to whom, and what was not.</PageHead>
      <DataTable
        label="Runs"
        pages={pages}
        columns={COLUMNS}
        columnsAs="runs"
        keyOf={(run) => run.id}
        toolbar={
          <>
            <Choice label="Policy" value={policy} all="Any or none" options={policies.map((name) => [name, name])} onChoose={setPolicy} />
            <Choice label="State" value={state} all="Any" options={STATES} onChoose={setState} />
            <Choice label="Mode" value={mode} all="Test and live" options={[['test', 'Test'], ['live', 'Live']]} onChoose={setMode} />
          </>
        }
        empty={isFiltered ? <NoneFits /> : <NothingRan />}
      />
    </>
  );
}

function NoneFits() {
  const { choose } = useSite();
  const [, setPolicy] = useAddress('policy');
  const [, setState] = useAddress('state');
  const [, setMode] = useAddress('mode');
  return (
    <Empty
      title="No run fits"
      action={
        <Button
          onClick={() => {
            choose(undefined);
            setPolicy(undefined);
            setState(undefined);
            setMode(undefined);
          }}
        >
          Show all runs
        </Button>
      }
    >
      No run of this site, policy, state and mode is kept.
    </Empty>
  );
}

function NothingRan() {
  return (
    <Empty title="Nothing ran yet" action={<Link to="/policies">Policies</Link>}>
      Runs of policies and of changes made by hand are listed here. Begin with the test run of a policy: it shows everything and changes nothing.
    </Empty>
  );
}
