import Button from '@atlaskit/button/new';
import { Stack } from '@atlaskit/primitives/compiled';
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
import { planName } from '@/parts/names';
import { number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { State } from '@/parts/states';

type Plan = Schemas['Plan'];

const STATES = [
  ['awaiting', 'awaits approval'],
  ['ready', 'ready'],
  ['blocked', 'over a limit'],
  ['expired', 'expired'],
  ['rejected', 'rejected'],
  ['applied', 'applied'],
] as const;

const NAME: Column<Plan> = {
  id: 'plan',
  head: 'Plan',
  isFixed: true,
  cell: (plan) => (
    <Link to={`/plans/${plan.id}`}>
      <HostileText text={planName(plan.origin)} />
    </Link>
  ),
};
const SITE: Column<Plan> = { id: 'site', head: 'Site', cell: (plan) => plan.site };
const MODE: Column<Plan> = { id: 'mode', head: 'Mode', cell: (plan) => <State of="mode" state={plan.mode} /> };
const ACCOUNTS: Column<Plan> = { id: 'accounts', head: 'Accounts', align: 'end', cell: (plan) => number(plan.accounts) };
const MADE: Column<Plan> = { id: 'made', head: 'Made', cell: (plan) => <Instant at={plan.madeAt} /> };
const BY: Column<Plan> = { id: 'by', head: 'Made by', cell: (plan) => <HostileText text={plan.madeBy} isCut /> };
const EXPIRES: Column<Plan> = { id: 'expires', head: 'Expires', cell: (plan) => <Instant at={plan.expiresAt} /> };

const AWAITING: readonly Column<Plan>[] = [NAME, SITE, MODE, ACCOUNTS, BY, MADE, EXPIRES];

const ALL: readonly Column<Plan>[] = [
  NAME,
  SITE,
  { id: 'state', head: 'State', cell: (plan) => <State of="plan" state={plan.state} /> },
  MODE,
  ACCOUNTS,
  { id: 'protected', head: 'Protected', align: 'end', cell: (plan) => number(plan.protected), isExtra: true },
  { id: 'refused', head: 'Refused', align: 'end', cell: (plan) => number(plan.refused), isExtra: true },
  { id: 'seats', head: 'Seats freed', align: 'end', cell: (plan) => number(plan.seatsFreed) },
  BY,
  MADE,
  { id: 'run', head: 'Run', cell: (plan) => (plan.run ? <Link to={`/runs/${plan.run}`}>Run</Link> : '–') },
];

export function PlanList() {
  const { filter: site, choose } = useSite();
  const [policy, setPolicy] = useAddress('policy');
  const [state, setState] = useAddress('state');
  const policies = usePolicyNames();
  const isFiltered = Boolean(site ?? policy ?? state);
  const where = { ...(site ? { site } : {}), ...(policy ? { policy } : {}) };
  const awaiting = usePages(
    ['plans', where, 'awaiting'],
    (cursor, signal) => answerOf(api.GET('/api/v1/plans', { params: { query: { ...where, state: 'awaiting', limit: 20, ...(cursor ? { cursor } : {}) } }, signal })),
    { refetchEvery: 30_000, isWanted: state === undefined },
  );
  const query = { ...where, ...(state ? { state } : {}) };
  const pages = usePages(
    ['plans', query],
    (cursor, signal) => answerOf(api.GET('/api/v1/plans', { params: { query: { ...query, ...(cursor ? { cursor } : {}) } }, signal })),
    { refetchEvery: 30_000 },
  );
  return (
    <>
      <PageHead title="Plans">What would be changed, person by person, before anything is.</PageHead>
      <Stack space="space.400">
        {state === undefined && (awaiting.rows?.length ?? 0) > 0 && (
          <Section title="Awaiting approval">
            <DataTable label="Plans awaiting approval" pages={awaiting} columns={AWAITING} keyOf={(plan) => plan.id} empty={null} />
          </Section>
        )}
        <Section title={state === undefined ? 'All plans' : 'Plans'}>
          <DataTable
            label="Plans"
            pages={pages}
            columns={ALL}
            columnsAs="plans"
            keyOf={(plan) => plan.id}
            toolbar={
              <>
                <Choice label="Policy" value={policy} all="Any or none" options={policies.map((name) => [name, name])} onChoose={setPolicy} />
                <Choice label="State" value={state} all="Any" options={STATES} onChoose={setState} />
              </>
            }
            empty={
              isFiltered ? (
                <Empty
                  title="No plan fits"
                  action={
                    <Button
                      onClick={() => {
                        choose(undefined);
                        setPolicy(undefined);
                        setState(undefined);
                      }}
                    >
                      Show all plans
                    </Button>
                  }
                >
                  No plan of this site, policy and state is kept.
                </Empty>
              ) : (
                <Empty title="No plan yet" action={<Link to="/policies">Policies</Link>}>
                  A plan is made when a policy runs, or from users that you choose. It shows who would be changed, how and why; nothing is changed by making one.
                </Empty>
              )
            }
          />
        </Section>
      </Stack>
    </>
  );
}
