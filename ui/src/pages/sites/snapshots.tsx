import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { type Column, DataTable } from '@/parts/data-table';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { Empty } from '@/parts/page-states';
import styles from './snapshots.module.css';

const kilobytes = new Intl.NumberFormat('en', { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 });

const columns: readonly Column<Schemas['Snapshot']>[] = [
  { id: 'taken', head: 'Taken', cell: (snapshot) => <Instant at={snapshot.takenAt} as="time" /> },
  { id: 'ago', head: 'Age', cell: (snapshot) => <Instant at={snapshot.takenAt} /> },
  { id: 'accounts', head: 'Accounts', align: 'end', cell: (snapshot) => number(snapshot.accounts) },
  { id: 'size', head: 'Size', align: 'end', cell: (snapshot) => kilobytes.format(Math.ceil(snapshot.bytes / 1000)) },
  {
    id: 'hash',
    head: 'Hash of its content',
    cell: (snapshot) => (
      <code className={styles.hash} title={snapshot.hash}>
        {snapshot.hash.slice(0, 16)}…
      </code>
    ),
  },
];

export function Snapshots({ site }: { site: string }) {
  const pages = usePages(['snapshots', site], (cursor, signal) => answerOf(api.GET('/api/v1/sites/{site}/snapshots', { params: { path: { site }, query: cursor ? { cursor } : {} }, signal })));
  return (
    <>
      <p>A snapshot is a picture of the site at one instant and never changes. How long they are kept is set under Settings, Retention.</p>
      <DataTable label={`Snapshots of ${site}`} pages={pages} columns={columns} keyOf={(snapshot) => snapshot.id} empty={<Empty title="It was not read yet">Read the site: that takes its first snapshot.</Empty>} />
    </>
  );
}
