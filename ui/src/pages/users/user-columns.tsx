// What the table of users can show: every field that a criterion knows.
import { FIELDS } from '@/criterion/fields';
import type { Schemas } from '@/api/client';
import type { Column } from '@/parts/data-table';
import { Person, accountPath } from '@/parts/person';
import { State } from '@/parts/states';
import { KnownValue } from './known-value';

export type Row = Schemas['AccountRow'];

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Shown from the beginning; whoever wants others chooses them. */
const STANDARD = ['status', 'lastActive', 'idle', 'seat', 'seatVia', 'directGroup'];
const NUMBERS = ['logins', 'groups'];
const HEADS: Record<string, string> = { idle: 'Idle', group: 'Groups, nested ones too', directGroup: 'Direct groups', groups: 'Direct groups, number', logins: 'Logins', seat: 'Seat', seatVia: 'Seat by', list: 'Lists' };
/** Those stand in the first column. */
const IN_NAME = ['username', 'name', 'email'];

const others = FIELDS.filter(({ name }) => !IN_NAME.includes(name));
const ordered = [...STANDARD.map((name) => others.find((field) => field.name === name)), ...others.filter(({ name }) => !STANDARD.includes(name))].filter((field) => field !== undefined);

/** As the API takes them. */
export const SHOWN_FIELDS = [...IN_NAME, ...ordered.map((field) => field.name)].join(',');

export function userColumns(site: string): readonly Column<Row>[] {
  return [
    {
      id: 'name',
      head: 'Name',
      sort: 'name',
      isFixed: true,
      cell: (row) => <Person name={text(row.name)} username={text(row.username)} email={text(row.email)} to={accountPath(site, row.key)} />,
    },
    ...ordered.map(
      ({ name, kind, label }): Column<Row> => ({
        id: name,
        head: HEADS[name] ?? label,
        ...(kind === 'names' ? {} : { sort: name }),
        ...(NUMBERS.includes(name) ? { align: 'end' as const } : {}),
        isExtra: !STANDARD.includes(name),
        cell: (row) => (name === 'status' && text(row.status) ? <State of="account" state={text(row.status) ?? ''} /> : <KnownValue value={row[name as keyof Row]} />),
      }),
    ),
  ];
}
