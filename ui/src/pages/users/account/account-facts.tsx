// What is known of an account, and what each source of evidence says.
import { Stack } from '@atlaskit/primitives/compiled';
import { FIELDS } from '@/criterion/fields';
import type { Schemas } from '@/api/client';
import { type Column, DataTable } from '@/parts/data-table';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { onePage } from '@/parts/one-page';
import { Empty, sentence } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { KnownValue } from '../known-value';
import styles from './account.module.css';
import type { Account } from './use-account';

/** Those have a place of their own on the page, or are for Cloud only where the site says nothing. */
const ELSEWHERE = ['name', 'username', 'email', 'emailDomain', 'status', 'group', 'directGroup', 'groups', 'seatVia', 'exempt'];
const ACTIVITY = ['idle', 'lastActive', 'lastLogin', 'lastContribution', 'logins', 'reactivated', 'deactivated', 'returned', 'noticed'];
const CLOUD = ['accountType', 'managed'];

type Row = Schemas['Evidence'];

const KINDS: Record<string, string> = { login: 'signing in', contribution: 'creating or editing content', use: 'any use' };

const columns: readonly Column<Row>[] = [
  { id: 'source', head: 'Source', isFixed: true, cell: (row) => <HostileText text={row.source} /> },
  { id: 'kind', head: 'It sees', cell: (row) => KINDS[row.kind] ?? row.kind },
  {
    id: 'says',
    head: 'It says',
    cell: (row) =>
      row.at ? (
        <>
          last seen <Instant at={row.at} />
        </>
      ) : row.isCovered ? (
        'saw nothing'
      ) : (
        <span className={styles.unknown}>does not cover this account</span>
      ),
  },
  { id: 'at', head: 'When', cell: (row) => <Instant at={row.at} as="time" /> },
  { id: 'read', head: 'Source was read', cell: (row) => <Instant at={row.readAt} /> },
  { id: 'doubt', head: 'Trusted to show idleness', cell: (row) => (row.doubt ? <>no: {sentence(row.doubt)}</> : 'yes') },
];

export function AccountFacts({ account }: { account: Account }) {
  const { fields } = account;
  const shown = FIELDS.filter(({ name }) => !ELSEWHERE.includes(name) && !(CLOUD.includes(name) && fields[name] === null));
  const facts = (isOfActivity: boolean) =>
    shown.filter(({ name }) => ACTIVITY.includes(name) === isOfActivity).map(({ name, label }) => [label, <KnownValue key={name} value={fields[name]} most={10} />] as const);
  return (
    <Stack space="space.400">
      <Section title="Evidence">
        <DataTable
          label="What each source says"
          pages={onePage(account.evidence)}
          columns={columns}
          keyOf={(row) => `${row.source} ${row.kind}`}
          empty={<Empty title="No source of evidence">The site gave no source that shows activity when it was read. Whether this person is active is not known, and not known is never idle.</Empty>}
        />
      </Section>
      <div className={styles.columns}>
        <Section title="Activity">
          <Facts facts={facts(true)} />
        </Section>
        <Section title="Account">
          <Facts
            facts={[
              ...facts(false),
              ['First seen by Rollcall', <Instant key="seen" at={account.firstSeen} none="unknown" />],
              ['Key', <code key="key" className={styles.key}>{account.key}</code>],
            ]}
          />
        </Section>
      </div>
    </Stack>
  );
}
