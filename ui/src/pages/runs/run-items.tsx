// The items of a run, one change of one account each: which outcome, and why.
import Button from '@atlaskit/button/new';
import Textfield from '@atlaskit/textfield';
import VisuallyHidden from '@atlaskit/visually-hidden';
import { useEffect, useId, useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { type Run, runItemsKey } from '@/api/use-live-run';
import { usePages } from '@/api/use-pages';
import { useAddress } from '@/frame/use-address';
import { BeforeAfter, ChangeWords } from '@/parts/change-words';
import { Choice } from '@/parts/choice';
import { type Column, DataTable } from '@/parts/data-table';
import { EvidenceWords } from '@/parts/evidence-words';
import { HostileText, plain } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { OUTCOME_WORDS } from '@/parts/outcome-words';
import { Empty } from '@/parts/page-states';
import { Person } from '@/parts/person';
import { OUTCOMES } from '@/parts/run-progress';
import { ServerWords } from '@/parts/server-words';
import { State } from '@/parts/states';
import styles from './runs.module.css';

type Item = Schemas['RunItem'];

interface RunItemsProps {
  run: Run;
  outcome: string | undefined;
  onOutcome: (outcome: string | undefined) => void;
  /** Shows everything about an account in this run. */
  onAccount: (key: string) => void;
}

export function RunItems({ run, outcome, onOutcome, onAccount }: RunItemsProps) {
  const [search, setSearch] = useAddress('search');
  const query = { ...(outcome ? { outcome } : {}), ...(search ? { search } : {}) };
  const pages = usePages([...runItemsKey(run.id), query], (cursor, signal) =>
    answerOf(api.GET('/api/v1/runs/{id}/items', { params: { path: { id: run.id }, query: { ...query, ...(cursor ? { cursor } : {}) } }, signal })),
  );
  const columns: readonly Column<Item>[] = [
    { id: 'account', head: 'Account', isFixed: true, cell: (item) => <Person name={item.name} username={item.account} email={item.email} /> },
    {
      id: 'change',
      head: 'Change',
      isFixed: true,
      cell: (item) => (
        <button type="button" className={styles.link} onClick={() => onAccount(item.key)}>
          <ChangeWords action={item.action} />
          <VisuallyHidden>, details of {plain(item.account)}</VisuallyHidden>
        </button>
      ),
    },
    { id: 'before', head: 'Before → after', cell: (item) => <BeforeAfter before={item.before} after={item.after} /> },
    { id: 'outcome', head: 'Outcome', cell: (item) => <State of="item" state={item.outcome} /> },
    { id: 'reason', head: 'Reason', cell: (item) => (item.reason ? <div className={styles.reason}><ServerWords text={item.reason} site={run.site} /></div> : '–') },
    { id: 'why', head: 'Selected because', cell: (item) => <HostileText text={item.why} />, isExtra: true },
    { id: 'evidence', head: 'Evidence', cell: (item) => <EvidenceWords evidence={item.evidence} />, isExtra: true },
    { id: 'attempts', head: 'Attempts', align: 'end', cell: (item) => item.attempts, isExtra: true },
    { id: 'finished', head: 'When', cell: (item) => <Instant at={item.finishedAt ?? item.startedAt} as="time" /> },
  ];
  const isFiltered = Boolean(outcome ?? search);
  return (
    <DataTable
      label="Items"
      pages={pages}
      columns={columns}
      columnsAs="run-items"
      keyOf={(item) => String(item.seq)}
      toolbar={
        <>
          <Search value={search} onSearch={setSearch} />
          <Choice label="Outcome" value={outcome} all="Any" options={OUTCOMES.map((one) => [one, OUTCOME_WORDS[one] ?? one])} onChoose={onOutcome} />
        </>
      }
      empty={
        isFiltered ? (
          <Empty
            title="No item fits"
            action={
              <Button
                onClick={() => {
                  setSearch(undefined);
                  onOutcome(undefined);
                }}
              >
                Show all items
              </Button>
            }
          >
            No account of this run fits what is searched for, with this outcome.
          </Empty>
        ) : (
          <Empty title="This run has nothing to do">The plan changes nobody: whoever it selected is protected, refused, or as wanted already. The plan tells which.</Empty>
        )
      }
    />
  );
}

/** Asks when somebody pauses typing. */
function Search({ value, onSearch }: { value: string | undefined; onSearch: (text: string | undefined) => void }) {
  const id = useId();
  const [text, setText] = useState(value ?? '');
  useEffect(() => {
    if (text === (value ?? '')) return;
    const timer = setTimeout(() => onSearch(text || undefined), 300);
    return () => clearTimeout(timer);
  }, [text, value, onSearch]);
  return (
    <div className={styles.search}>
      <Textfield id={id} aria-label="Search by name, address or change" placeholder="Name, address or change" isCompact maxLength={200} value={text} onChange={(event) => setText(event.currentTarget.value)} />
    </div>
  );
}
