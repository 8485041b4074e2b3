import { Link } from 'react-router';
import { answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { Gate, useMay } from '@/frame/session';
import { useSite } from '@/frame/use-site';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { PageButton } from '@/parts/page-button';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { State } from '@/parts/states';
import { type PolicyDocument, textAt, textsAt } from './document-reading';
import type { Policy } from './policy-answers';
import styles from './policies.module.css';

const doc = (policy: Policy) => policy.policy as unknown as PolicyDocument;

const COLUMNS: readonly Column<Policy>[] = [
  {
    id: 'name',
    head: 'Policy',
    isFixed: true,
    cell: (policy) => (
      <>
        <Link to={`/policies/${encodeURIComponent(policy.name)}`}>
          <HostileText text={policy.name} />
        </Link>
        {textAt(doc(policy), '/description') && (
          <div className={styles.quiet}>
            <HostileText text={textAt(doc(policy), '/description')} />
          </div>
        )}
      </>
    ),
  },
  { id: 'state', head: 'State', cell: (policy) => <Standing policy={policy} /> },
  { id: 'sites', head: 'Sites', cell: (policy) => textsAt(doc(policy), '/sites').join(', ') },
  { id: 'next', head: 'Next run', cell: (policy) => <Next policy={policy} /> },
  { id: 'last', head: 'Last run', cell: (policy) => <Last policy={policy} /> },
  { id: 'tested', head: 'This version tested', cell: (policy) => <Instant at={policy.testedAt} none="not yet" /> },
  { id: 'changed', head: 'Changed', cell: (policy) => <Instant at={policy.changedAt} />, isExtra: true },
];

function Standing({ policy }: { policy: Policy }) {
  return (
    <>
      <State of="policy" state={policy.state} />
      {policy.schedule.isPaused && <span className={styles.quiet}> paused</span>}
    </>
  );
}

function Next({ policy: { schedule, state } }: { policy: Policy }) {
  return (
    <>
      {schedule.nextAt ? <Instant at={schedule.nextAt} /> : '–'}
      <div className={styles.quiet}>
        {schedule.words ?? 'only when asked'}
        {schedule.words && state === 'off' && ', once switched on'}
      </div>
    </>
  );
}

function Last({ policy: { lastRun: run } }: { policy: Policy }) {
  if (!run) return <>never</>;
  return (
    <Link to={`/runs/${run.run}`}>
      <State of="run" state={run.state} /> <Instant at={run.createdAt} />
    </Link>
  );
}

export function PolicyList() {
  const { filter: site } = useSite();
  const mayWrite = useMay('operator');
  const pages = usePages(['policies', 'list'], (cursor, signal) => answerOf(api.GET('/api/v1/policies', { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } }, signal })), { refetchEvery: 30_000 });
  const rows = site === undefined ? pages.rows : pages.rows?.filter((policy) => textsAt(doc(policy), '/sites').includes(site));
  return (
    <>
      <PageHead
        title="Policies"
        actions={
          <Gate needs="operator">
            <PageButton appearance="primary" to="/policies/-/new">
              New policy
            </PageButton>
          </Gate>
        }
      >
        A policy says what is to be done, to whom, and when.
      </PageHead>
      <DataTable
        label="Policies"
        pages={{ ...pages, rows }}
        columns={COLUMNS}
        columnsAs="policies"
        keyOf={(policy) => policy.name}
        empty={
          site !== undefined && (pages.rows?.length ?? 0) > 0 ? (
            <Empty title="No policy for this site">None of the policies is for {site}. Choose all sites above to see them.</Empty>
          ) : (
            <Empty title="No policy yet" action={mayWrite && <Link to="/policies/-/new">Write the first</Link>}>
              {mayWrite ? 'A new policy is off; its first run is a test that changes nothing. One that is a file already is pasted under YAML.' : 'An operator writes policies; then they are listed here.'}
            </Empty>
          )
        }
      />
    </>
  );
}
