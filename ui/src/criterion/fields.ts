// The fields of a criterion, what they are called in the form, and how their values are compared. The text itself is checked by the
// server; this is what the form rows offer.

export type Kind = 'text' | 'names' | 'choice' | 'flag' | 'number' | 'instant' | 'event' | 'period';

export interface FieldInfo {
  name: string;
  kind: Kind;
  /** In the form. */
  label: string;
  group: 'Account' | 'Activity' | 'Groups and seats' | 'Rollcall';
}

const field = (group: FieldInfo['group'], name: string, kind: Kind, label: string): FieldInfo => ({ name, kind, label, group });

export const FIELDS: readonly FieldInfo[] = [
  field('Activity', 'idle', 'period', 'Idle for'),
  field('Activity', 'lastActive', 'event', 'Last active'),
  field('Activity', 'lastLogin', 'event', 'Last login'),
  field('Activity', 'lastContribution', 'event', 'Last contribution'),
  field('Activity', 'logins', 'number', 'Number of logins'),
  field('Account', 'status', 'choice', 'Status'),
  field('Account', 'username', 'text', 'User name'),
  field('Account', 'name', 'text', 'Full name'),
  field('Account', 'email', 'text', 'E-mail address'),
  field('Account', 'emailDomain', 'text', 'E-mail domain'),
  field('Account', 'created', 'instant', 'Created'),
  field('Account', 'directory', 'text', 'Directory'),
  field('Account', 'directoryType', 'text', 'Kind of directory'),
  field('Account', 'writable', 'flag', 'Directory can be changed'),
  field('Account', 'shadowed', 'flag', 'Hidden by an earlier directory'),
  field('Account', 'accountType', 'choice', 'Kind of account (Cloud)'),
  field('Account', 'managed', 'flag', 'Managed account (Cloud)'),
  field('Groups and seats', 'group', 'names', 'Group, nested ones too'),
  field('Groups and seats', 'directGroup', 'names', 'Direct group'),
  field('Groups and seats', 'groups', 'number', 'Number of direct groups'),
  field('Groups and seats', 'seat', 'flag', 'Costs a seat'),
  field('Groups and seats', 'seatVia', 'names', 'Seat by group'),
  field('Rollcall', 'list', 'names', 'On a list'),
  field('Rollcall', 'exempt', 'flag', 'Exempt'),
  field('Rollcall', 'reactivated', 'event', 'Reactivated'),
  field('Rollcall', 'deactivated', 'event', 'Deactivated'),
  field('Rollcall', 'returned', 'flag', 'Came back after it was deactivated'),
  field('Rollcall', 'noticed', 'event', 'Last notice'),
];

export const CHOICES: Record<string, readonly string[]> = { status: ['enabled', 'disabled'], accountType: ['atlassian', 'app', 'customer'] };

/** How many values stand behind an operator. */
export type Takes = 'none' | 'one' | 'many';

export interface OperatorInfo {
  /** As it is written; `= never` has its value in it. */
  written: string;
  label: string;
  takes: Takes;
}

const operator = (written: string, label: string, takes: Takes = 'one'): OperatorInfo => ({ written, label, takes });
const UNKNOWN = [operator('IS UNKNOWN', 'is not known', 'none'), operator('IS NOT UNKNOWN', 'is known', 'none')];
const IS = [operator('=', 'is'), operator('!=', 'is not')];
const IN = [operator('IN', 'is one of', 'many'), operator('NOT IN', 'is none of', 'many')];
const ORDER = (less: string, most: string, more: string, least: string) => [operator('>=', least), operator('>', more), operator('<=', most), operator('<', less)];
const TEXT = [...IS, ...IN, operator('~', 'contains'), operator('!~', 'does not contain'), operator('IS EMPTY', 'is empty', 'none'), operator('IS NOT EMPTY', 'is not empty', 'none'), ...UNKNOWN];
const TIMES = ORDER('before', 'at or before', 'after', 'at or after').reverse();

export const OPERATORS: Record<Kind, readonly OperatorInfo[]> = {
  text: TEXT,
  names: TEXT,
  choice: [...IS, ...IN, ...UNKNOWN],
  flag: [...IS, ...UNKNOWN],
  number: [...IS, ...ORDER('less than', 'at most', 'more than', 'at least'), ...IN, ...UNKNOWN],
  instant: [...TIMES, ...UNKNOWN],
  event: [...TIMES, operator('= never', 'never happened', 'none'), operator('!= never', 'has happened', 'none'), ...UNKNOWN],
  period: [...ORDER('less than', 'at most', 'more than', 'at least'), ...UNKNOWN],
};

export const fieldOf = (name: string): FieldInfo | undefined => FIELDS.find((info) => info.name.toLowerCase() === name.toLowerCase());

export const operatorOf = (kind: Kind, written: string): OperatorInfo | undefined => OPERATORS[kind].find((info) => info.written === written);
