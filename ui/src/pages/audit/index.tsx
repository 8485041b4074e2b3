import Button from '@atlaskit/button/new';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { download } from '@/api/download';
import { asProblem } from '@/api/problems';
import { usePages } from '@/api/use-pages';
import { raiseFlag } from '@/frame/flag-list';
import { useAddress } from '@/frame/use-address';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Empty, Failed, sentence } from '@/parts/page-states';
import { AuditFilterFields } from './audit-filter';
import styles from './audit.module.css';
import { EntryDetail } from './entry-detail';
import { asked, useAuditFilter } from './use-audit-filter';
import { VerifyAudit } from './verify-audit';

type Entry = Schemas['AuditEntry'];

const columnsOf = (open: (seq: number) => void): readonly Column<Entry>[] => [
  {
    id: 'seq',
    head: 'Entry',
    align: 'end',
    width: '5rem',
    isFixed: true,
    cell: (entry) => (
      <button type="button" className={styles.open} aria-label={`Entry ${number(entry.seq)}`} onClick={() => open(entry.seq)}>
        {number(entry.seq)}
      </button>
    ),
  },
  { id: 'at', head: 'When', width: '11rem', cell: (entry) => <Instant at={entry.at} as="time" /> },
  { id: 'actor', head: 'By whom', width: '9rem', cell: (entry) => <HostileText text={entry.actor} /> },
  { id: 'kind', head: 'What', width: '12rem', cell: (entry) => entry.kind },
  { id: 'site', head: 'Site', width: '6rem', cell: (entry) => entry.subject.siteName ?? '–' },
  { id: 'why', head: 'Why', cell: (entry) => (entry.why ? <HostileText text={entry.why} /> : '–') },
  { id: 'hash', head: 'Hash', isExtra: true, cell: (entry) => <span className={styles.hash}>{entry.hash.slice(0, 16)}…</span> },
];

function useExport(): { isUnderWay: boolean; begin: () => Promise<void> } {
  const [isUnderWay, setIsUnderWay] = useState(false);
  return {
    isUnderWay,
    begin: async () => {
      setIsUnderWay(true);
      try {
        await download('/api/v1/audit/export', { accept: 'application/x-ndjson', name: `rollcall-audit-${new Date().toISOString().slice(0, 10)}.jsonl` });
      } catch (thrown) {
        const problem = asProblem(thrown);
        raiseFlag({ kind: 'failed', title: `The audit log was not exported: ${problem.title}`, description: sentence(problem.detail) });
      } finally {
        setIsUnderWay(false);
      }
    },
  };
}

export default function Audit() {
  const { filter, change, clear } = useAuditFilter();
  const [entry, setEntry] = useAddress('entry');
  const [isVerifying, setIsVerifying] = useState(false);
  const exporting = useExport();
  const query = asked(filter);
  const pages = usePages(['audit', query], (cursor, signal) => answerOf(api.GET('/api/v1/audit', { params: { query: { ...query, ...(cursor ? { cursor } : {}) } }, signal })));
  const rows = pages.rows ?? [];
  const at = rows.findIndex((row) => String(row.seq) === entry);
  // One that is not on this page of the list is asked for: its address was sent by somebody.
  const one = useQuery({
    queryKey: ['audit-entry', entry],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/audit/{seq}', { params: { path: { seq: Number(entry) } }, signal })),
    enabled: entry !== undefined && pages.rows !== undefined && at < 0,
  });
  const shown = rows[at] ?? (entry === undefined ? undefined : one.data);
  const neighbour = (row: Entry | undefined) => (row ? () => setEntry(String(row.seq)) : undefined);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <PageHead
        title="Audit"
        actions={
          <>
            <Button onClick={() => setIsVerifying(true)}>Verify</Button>
            <Button isLoading={exporting.isUnderWay} onClick={() => void exporting.begin()}>
              Export
            </Button>
          </>
        }
      >
        Everything that was intended, approved, done and refused. Each entry seals the one before.
      </PageHead>
      {entry !== undefined && one.error && at < 0 && <Failed problem={asProblem(one.error)} what={`Entry ${entry}`} />}
      <AuditFilterFields filter={filter} onChange={change} onClear={clear} />
      <DataTable
        label="Audit log"
        pages={pages}
        columns={columnsOf((seq) => setEntry(String(seq)))}
        columnsAs="audit"
        keyOf={(row) => String(row.seq)}
        empty={
          <Empty title={isFiltered ? 'No entry fits' : 'Nothing happened yet'} action={isFiltered && <Button onClick={clear}>Clear filter</Button>}>
            {isFiltered ? 'Another filter may find some. An account is found by its key, a run or plan by its id.' : 'What is done in Rollcall and by it is written down here.'}
          </Empty>
        }
      />
      <ModalTransition>
        {shown && <EntryDetail entry={shown} onClose={() => setEntry(undefined)} newer={neighbour(rows[at - 1])} older={neighbour(rows[at + 1])} />}
      </ModalTransition>
      <ModalTransition>{isVerifying && <VerifyAudit onClose={() => setIsVerifying(false)} />}</ModalTransition>
    </>
  );
}
