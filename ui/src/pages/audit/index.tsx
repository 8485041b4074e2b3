import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { useSite } from '@/frame/use-site';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';

const columns: readonly Column<Schemas['AuditEntry']>[] = [
  { id: 'seq', head: 'Number', align: 'end', width: '6rem', cell: (entry) => number(entry.seq) },
  { id: 'at', head: 'When', cell: (entry) => <Instant at={entry.at} as="time" /> },
  { id: 'actor', head: 'Who', cell: (entry) => <HostileText text={entry.actor} /> },
  { id: 'kind', head: 'What', cell: (entry) => entry.kind },
  { id: 'why', head: 'Why', cell: (entry) => (entry.why ? <HostileText text={entry.why} /> : '–') },
];

export default function Audit() {
  const { filter: site } = useSite();
  const pages = usePages(['audit', site], (cursor, signal) =>
    answerOf(api.GET('/api/v1/audit', { params: { query: { ...(site ? { site } : {}), ...(cursor ? { cursor } : {}) } }, signal })),
  );
  return (
    <>
      <PageHead title="Audit">Everything that was intended, approved, done and refused. Each entry seals the one before.</PageHead>
      <DataTable label="Audit log" pages={pages} columns={columns} keyOf={(entry) => String(entry.seq)} empty={<Empty title="No entry fits">Another filter may find some.</Empty>} />
    </>
  );
}
