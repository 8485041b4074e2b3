// What comes next by schedule, and what was last.
import { Inline } from '@atlaskit/primitives/compiled';
import { Link } from 'react-router';
import type { Schemas } from '@/api/client';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { runName } from '@/parts/names';
import { counted, number } from '@/parts/numbers';
import { onePage } from '@/parts/one-page';
import { Empty } from '@/parts/page-states';
import { State } from '@/parts/states';

const toPolicies = <Link to="/policies">To the policies</Link>;

const next: readonly Column<Schemas['NextRun']>[] = [
  { id: 'policy', head: 'Policy', cell: ({ policy }) => <Link to={`/policies/${encodeURIComponent(policy)}`}>{policy}</Link> },
  { id: 'sites', head: 'Sites', cell: ({ sites }) => sites.join(', ') },
  { id: 'mode', head: 'Mode', cell: ({ isLive }) => <State of="mode" state={isLive ? 'live' : 'test'} /> },
  { id: 'at', head: 'Next', cell: ({ at }) => <Instant at={at} /> },
  { id: 'schedule', head: 'Schedule', cell: ({ schedule }) => <HostileText text={schedule} /> },
];

export function NextRuns({ runs }: { runs: readonly Schemas['NextRun'][] }) {
  return (
    <DataTable
      label="Next runs"
      pages={onePage(runs)}
      columns={next}
      keyOf={({ policy }) => policy}
      isWithoutPages
      empty={
        <Empty title="No policy is due" action={toPolicies}>
          A policy that is switched on and has a schedule runs by itself; its next run stands here.
        </Empty>
      }
    />
  );
}

type Run = Schemas['Run'];

function came({ counts }: Run): string {
  const of = (state: string) => counts[state] ?? 0;
  const wrong = of('failed') + of('refused') + of('drifted');
  const open = of('pending') + of('started') + of('stopped');
  const parts = [
    [wrong, 'not made'],
    [of('unknown'), 'not known'],
    [open, 'open'],
  ] as const;
  return [counted(of('done') + of('already'), 'change'), ...parts.filter(([n]) => n > 0).map(([n, what]) => `${number(n)} ${what}`)].join(', ');
}

const last: readonly Column<Run>[] = [
  { id: 'run', head: 'Run', cell: (run) => <Link to={`/runs/${run.id}`}>{runName(run)}</Link> },
  { id: 'site', head: 'Site', cell: (run) => run.site },
  {
    id: 'state',
    head: 'State',
    cell: (run) => (
      <Inline space="space.050">
        <State of="run" state={run.state} />
        <State of="mode" state={run.mode} />
      </Inline>
    ),
  },
  { id: 'came', head: 'Came to', cell: came },
  { id: 'by', head: 'By', cell: (run) => <HostileText text={run.startedBy} /> },
  { id: 'created', head: 'Begun', cell: (run) => <Instant at={run.startedAt ?? run.createdAt} /> },
];

export function LastRuns({ runs }: { runs: readonly Run[] }) {
  return (
    <DataTable
      label="Last runs"
      pages={onePage(runs)}
      columns={last}
      keyOf={(run) => run.id}
      isWithoutPages
      empty={
        <Empty title="Nothing ran yet" action={toPolicies}>
          Runs of policies and of changes made by hand are listed here.
        </Empty>
      }
    />
  );
}
