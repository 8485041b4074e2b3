// A plan person by person: what will be changed, whose change is refused, who is protected, each with the reason.
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { useAddress } from '@/frame/use-address';
import { AddressTabs } from './address-tabs';
import { BeforeAfter, ChangeWords } from './change-words';
import { type Column, DataTable } from './data-table';
import { EvidenceWords } from './evidence-words';
import { HostileText } from './hostile-text';
import { Instant } from './instant';
import { Empty, sentence } from './page-states';
import { Person, accountPath } from './person';
import { SearchField } from './search-field';
import { ServerWords } from './server-words';

type Line = Schemas['PlanLine'];
type Shown = 'items' | 'refused' | 'protected';

/** Why somebody is protected, in words that stand beside the reason. */
const CODES: Record<string, string> = {
  'own-account': "Rollcall's own account",
  'last-administrator': 'Last administrator',
  'protected-group': 'Protected group',
  exempt: 'Exempt',
  'too-young': 'New account',
  'recently-reactivated': 'Enabled again lately',
};

interface PlanItemsProps {
  plan: Schemas['Plan'];
  /** The parameter of the address that names the tab. */
  tabAs?: string;
}

export function PlanItems({ plan, tabAs = 'tab' }: PlanItemsProps) {
  return (
    <AddressTabs
      label="The plan, person by person"
      name={tabAs}
      tabs={[
        { id: 'changes', title: 'Changes', count: plan.items, content: <Lines plan={plan} shown="items" /> },
        { id: 'refused', title: 'Refused', count: plan.refused, content: <Lines plan={plan} shown="refused" /> },
        { id: 'protected', title: 'Protected', count: plan.protected, content: <Lines plan={plan} shown="protected" /> },
      ]}
    />
  );
}

const EMPTY: Record<Shown, { title: string; words: string }> = {
  items: { title: 'Nothing will be changed', words: 'Whoever was selected is protected, refused, or as wanted already.' },
  refused: { title: 'Nothing is refused', words: 'Every change of the plan can be done at this site, as far as is known.' },
  protected: { title: 'Nobody is protected', words: 'No exemption, protected group or time of grace concerns anybody who was selected.' },
};

const LABELS: Record<Shown, string> = { items: 'Changes', refused: 'Refused changes', protected: 'Protected accounts' };

function Lines({ plan, shown }: { plan: Schemas['Plan']; shown: Shown }) {
  const [search, setSearch] = useAddress('search');
  const pages = usePages(['plan-items', plan.id, shown, search], (cursor, signal) =>
    answerOf(
      api.GET('/api/v1/plans/{id}/items', {
        params: { path: { id: plan.id }, query: { tab: shown, ...(search ? { search } : {}), ...(cursor ? { cursor } : {}) } },
        signal,
      }),
    ),
  );
  return (
    <DataTable
      label={LABELS[shown]}
      pages={pages}
      columns={columnsOf(plan, shown)}
      columnsAs={`plan-${shown}`}
      keyOf={(line) => `${line.key} ${line.seq ?? ''} ${line.action ?? ''} ${line.code ?? ''}`}
      toolbar={<SearchField label="Search by name, address or change" placeholder="Name, address or change" value={search} onSearch={setSearch} />}
      empty={search ? <Empty title="Nothing fits">No name, address or change contains “{search}”.</Empty> : <Empty title={EMPTY[shown].title}>{EMPTY[shown].words}</Empty>}
    />
  );
}

function columnsOf(plan: Schemas['Plan'], shown: Shown): readonly Column<Line>[] {
  const account: Column<Line> = {
    id: 'account',
    head: 'Account',
    isFixed: true,
    cell: (line) => <Person name={line.name} username={line.account} email={line.email} to={accountPath(plan.site, line.key)} />,
  };
  const change: Column<Line> = { id: 'change', head: 'Change', cell: (line) => (line.action ? <ChangeWords action={line.action} /> : '–') };
  if (shown === 'items') {
    return [
      { id: 'seq', head: 'No.', align: 'end', isExtra: true, cell: (line) => line.seq },
      account,
      change,
      { id: 'before', head: 'Before → after', cell: (line) => <BeforeAfter before={line.before} after={line.after} /> },
      { id: 'evidence', head: 'Evidence', width: '12rem', cell: (line) => <EvidenceWords evidence={line.evidence} /> },
      { id: 'why', head: 'Selected because', width: '15rem', cell: (line) => <HostileText text={line.why} /> },
      { id: 'undo', head: 'Can be undone', cell: (line) => (line.undo ? 'yes' : <strong>no</strong>) },
    ];
  }
  const why: Column<Line> = { id: 'why', head: 'Reason', isFixed: true, cell: (line) => <ServerWords text={sentence(line.why)} site={plan.site} /> };
  if (shown === 'refused') return [account, change, why];
  return [
    account,
    { id: 'by', head: 'Protected as', cell: (line) => (line.code ? (CODES[line.code] ?? <HostileText text={line.code} />) : '–') },
    why,
    { id: 'until', head: 'Until', cell: (line) => <Instant at={line.until} as="date" none="for good" /> },
  ];
}
