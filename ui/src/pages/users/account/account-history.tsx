// What the audit log says of an account.
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Empty } from '@/parts/page-states';
import { RawValue } from './raw-value';
import type { Account } from './use-account';

type Entry = Schemas['AuditEntry'];

const columns: readonly Column<Entry>[] = [
  { id: 'at', head: 'When', isFixed: true, cell: (entry) => <Instant at={entry.at} as="time" /> },
  { id: 'kind', head: 'What', cell: (entry) => <HostileText text={entry.kind} /> },
  { id: 'why', head: 'Why', cell: (entry) => (entry.why ? <HostileText text={entry.why} /> : '–') },
  {
    id: 'change',
    head: 'Before → after',
    cell: (entry) => (isNothing(entry.before) && isNothing(entry.after) ? '–' : <>{<RawValue value={entry.before} />} → {<RawValue value={entry.after} />}</>),
  },
  { id: 'actor', head: 'Who', cell: (entry) => <HostileText text={entry.actor} /> },
  { id: 'run', head: 'Run', cell: (entry) => (entry.subject.run ? <Link to={`/runs/${entry.subject.run}`}>run</Link> : entry.subject.plan ? <Link to={`/plans/${entry.subject.plan}`}>plan</Link> : '–') },
  { id: 'seq', head: 'Entry', align: 'end', cell: (entry) => entry.seq },
];

const isNothing = (value: unknown) => value === null || value === undefined || (typeof value === 'object' && Object.keys(value as object).length === 0);

export function AccountHistory({ site, account }: { site: string; account: Account }) {
  const pages = usePages(['audit', { account: account.key, site }], (cursor, signal) =>
    answerOf(api.GET('/api/v1/audit', { params: { query: { account: account.key, site, ...(cursor ? { cursor } : {}) } }, signal })),
  );
  return (
    <DataTable
      label="History"
      pages={pages}
      columns={columns}
      columnsAs="account-history"
      keyOf={(entry) => String(entry.seq)}
      empty={<Empty title="Nothing happened yet">Rollcall did nothing to this account, and nobody exempted it.</Empty>}
    />
  );
}
