// What is chosen in the wizard: the actions in the order in which they are done, test or live, and limits.
import type { Kind } from '@/pages/policies/action-list';

export interface Offered {
  kind: Kind;
  words: string;
  /** What is true afterwards, in a sentence. */
  meaning: string;
  isFinal?: boolean;
}

/** In the order in which they are done for each account: what tells and what takes access away first, what cannot be undone last. */
export const OFFERED: readonly Offered[] = [
  { kind: 'notify', words: 'Notify by mail', meaning: 'The owner is told by mail, and can say that the account is still needed.', isFinal: true },
  { kind: 'remove-licence-groups', words: 'Take the seat away', meaning: 'The account leaves every group that gives a seat.' },
  { kind: 'remove-groups', words: 'Leave groups', meaning: 'The account is no direct member of these groups.' },
  { kind: 'add-groups', words: 'Join groups', meaning: 'The account is a direct member of these groups.' },
  { kind: 'disable', words: 'Disable', meaning: 'The account cannot sign in; what it made stays.' },
  { kind: 'enable', words: 'Enable', meaning: 'The account can sign in.' },
  { kind: 'change-directory', words: 'Change directory', meaning: 'The account lives in another user directory.', isFinal: true },
  { kind: 'reset-password', words: 'Reset the password', meaning: 'The old password no longer works; the owner is asked by mail to choose one.', isFinal: true },
  { kind: 'suspend', words: 'Suspend', meaning: 'Access to the products stops; groups are remembered.' },
  { kind: 'restore', words: 'Restore', meaning: 'The opposite of suspend.' },
  { kind: 'remove-from-directory', words: 'Remove from the directory', meaning: 'The account leaves the organisation.', isFinal: true },
  { kind: 'delete', words: 'Delete', meaning: 'The account is gone.', isFinal: true },
];

export interface Choice {
  kinds: readonly Kind[];
  joins: readonly string[];
  leaves: readonly string[];
  directory: string;
  move: 'move' | 'copy';
  mode: 'test' | 'live';
  /** As they are typed; empty: as of a policy that names none. */
  limits: { accounts: string; percent: string; 'minimum-idle': string; canary: string; failures: string };
}

export const NOTHING: Choice = { kinds: [], joins: [], leaves: [], directory: '', move: 'move', mode: 'test', limits: { accounts: '', percent: '', 'minimum-idle': '', canary: '', failures: '' } };

const OPPOSITES: readonly (readonly [Kind, Kind])[] = [
  ['disable', 'enable'],
  ['suspend', 'restore'],
];

/** Which chosen action rules this one out; deletion rules out whatever else would be done to the account. */
export function ruledOutBy(kind: Kind, chosen: readonly Kind[]): Kind | undefined {
  for (const [one, other] of OPPOSITES) {
    if (kind === one && chosen.includes(other)) return other;
    if (kind === other && chosen.includes(one)) return one;
  }
  if (kind !== 'delete' && kind !== 'notify' && chosen.includes('delete')) return 'delete';
  if (kind === 'delete') return chosen.find((one) => one !== 'delete' && one !== 'notify');
  return undefined;
}

/** The actions as the API takes them, in order. */
export function actionsOf({ kinds, joins, leaves, directory, move }: Choice): unknown[] {
  return OFFERED.filter(({ kind }) => kinds.includes(kind)).map(({ kind }) => {
    if (kind === 'add-groups') return { [kind]: joins };
    if (kind === 'remove-groups') return { [kind]: leaves };
    if (kind === 'change-directory') return { [kind]: { to: directory, mode: move } };
    return kind;
  });
}

const NUMBERS = ['accounts', 'percent', 'canary', 'failures'] as const;

/** The limits as the API takes them; `undefined` where none is named. What is no number is sent as it is: the server says what is wrong with it. */
export function limitsOf({ limits }: Choice): Record<string, unknown> | undefined {
  const found: Record<string, unknown> = {};
  for (const name of NUMBERS) {
    const text = limits[name].trim();
    if (text !== '') found[name] = Number.isFinite(Number(text)) ? Number(text) : text;
  }
  const idle = limits['minimum-idle'].trim();
  if (idle !== '') found['minimum-idle'] = /^\d+$/.test(idle) ? `${idle}d` : idle;
  return Object.keys(found).length > 0 ? found : undefined;
}

/** What is missing before a plan can be made, by the field. */
export function missing(choice: Choice): Partial<Record<'kinds' | 'joins' | 'leaves' | 'directory', string>> {
  const found: ReturnType<typeof missing> = {};
  if (choice.kinds.length === 0) found.kinds = 'Choose at least one action.';
  if (choice.kinds.includes('add-groups') && choice.joins.length === 0) found.joins = 'Name at least one group.';
  if (choice.kinds.includes('remove-groups') && choice.leaves.length === 0) found.leaves = 'Name at least one group.';
  if (choice.kinds.includes('change-directory') && choice.directory === '') found.directory = 'Choose the directory.';
  return found;
}
