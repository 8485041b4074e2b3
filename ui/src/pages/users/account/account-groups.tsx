// The groups of an account, how it came into them, and by which of them it costs a seat.
import Lozenge from '@atlaskit/lozenge';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { onePage } from '@/parts/one-page';
import { Empty } from '@/parts/page-states';
import { Section } from '@/parts/section';
import styles from './account.module.css';
import type { Account, AccountGroup } from './use-account';

/** From a group that gives something down to the one that the account itself is in. */
export function GroupPath({ path }: { path: readonly string[] }) {
  return (
    <span className={styles.path}>
      {path.map((group, at) => (
        <span key={group} className={styles.step}>
          {at > 0 && <span aria-label="contains"> › </span>}
          <HostileText text={group} />
        </span>
      ))}
    </span>
  );
}

const known = (value: boolean | null | undefined, yes: string) => (value ? <Lozenge appearance="inprogress">{yes}</Lozenge> : value === false ? 'no' : <span className={styles.unknown}>unknown</span>);

const columns: readonly Column<AccountGroup>[] = [
  { id: 'name', head: 'Group', isFixed: true, cell: (group) => <HostileText text={group.name} /> },
  { id: 'how', head: 'Member', cell: (group) => (group.isDirect ? 'directly' : 'through another group') },
  {
    id: 'paths',
    head: 'By way of',
    cell: (group) => {
      const ways = group.paths.filter((path) => path.length > 1);
      return ways.length === 0 ? '–' : ways.map((path) => <div key={path.join('\u0000')}>{<GroupPath path={path} />}</div>);
    },
  },
  { id: 'seat', head: 'Gives a seat', cell: (group) => known(group.givesSeat, 'seat') },
  { id: 'admin', head: 'Makes administrator', cell: (group) => known(group.givesAdmin, 'administrator') },
];

export function AccountGroups({ site, account }: { site: string; account: Account }) {
  return (
    <Stack space="space.400">
      <Section title="Seat">
        <Seat site={site} account={account} />
      </Section>
      <Section title="Groups">
        <DataTable
          label="Groups of this user"
          pages={onePage(account.groups)}
          columns={columns}
          keyOf={(group) => group.name}
          empty={<Empty title="In no group">Somebody in no group can usually not open the site at all.</Empty>}
        />
      </Section>
    </Stack>
  );
}

function Seat({ site, account }: { site: string; account: Account }) {
  const { seat } = account.fields;
  if (seat === null || seat === undefined) return <Text>Whether this account costs a seat is not known: {site} does not say which groups give one. An admin can name them in the settings of the site.</Text>;
  if (seat === false) return <Text>This account costs no seat.</Text>;
  const leave = [...new Set(account.seatPaths.map((path) => path.at(-1) ?? ''))];
  return (
    <Stack space="space.150">
      <Text>It costs a seat, by {account.seatPaths.length === 1 ? 'this group' : 'each of these ways'}:</Text>
      <ul className={styles.ways} aria-label="Ways to the seat">
        {account.seatPaths.map((path) => (
          <li key={path.join('\u0000')}>
            <GroupPath path={path} />
            {path.length > 1 && <span className={styles.note}> (a member of the last, which is inside the first)</span>}
          </li>
        ))}
      </ul>
      {leave.length > 0 && (
        <Text color="color.text.subtle">
          To free the seat, the account must leave{' '}
          {leave.map((group, at) => (
            <span key={group}>
              {at > 0 && (at === leave.length - 1 ? ' and ' : ', ')}
              <HostileText text={group} />
            </span>
          ))}
          .
        </Text>
      )}
    </Stack>
  );
}
