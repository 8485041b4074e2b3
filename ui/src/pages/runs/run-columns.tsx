// What every list of runs says of each.
import type { Schemas } from '@/api/client';
import type { Column } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { State } from '@/parts/states';
import { RunCounts } from './run-counts';

export const RUN_COLUMNS: readonly Column<Schemas['Run']>[] = [
  { id: 'site', head: 'Site', cell: (run) => run.site },
  { id: 'state', head: 'State', cell: (run) => <State of="run" state={run.state} /> },
  { id: 'mode', head: 'Mode', cell: (run) => <State of="mode" state={run.mode} /> },
  { id: 'items', head: 'Items', cell: (run) => <RunCounts run={run} /> },
  { id: 'by', head: 'Asked for by', cell: (run) => <HostileText text={run.startedBy} isCut /> },
];
