// The actions of a policy, as they are written in its document.
import type { Value } from './document-reading';

export type Kind =
  | 'disable'
  | 'enable'
  | 'delete'
  | 'add-groups'
  | 'remove-groups'
  | 'remove-licence-groups'
  | 'change-directory'
  | 'reset-password'
  | 'notify'
  | 'suspend'
  | 'restore'
  | 'remove-from-directory';

/** In the order in which they are offered, with what is true of an account afterwards. */
export const KINDS: readonly (readonly [Kind, string])[] = [
  ['disable', 'Disable: cannot sign in'],
  ['enable', 'Enable: can sign in'],
  ['remove-groups', 'Leave groups'],
  ['add-groups', 'Join groups'],
  ['remove-licence-groups', 'Leave every group that gives a seat'],
  ['notify', 'Notify by mail'],
  ['change-directory', 'Move or copy to another directory'],
  ['reset-password', 'Reset the password'],
  ['delete', 'Delete: cannot be undone'],
  ['suspend', 'Suspend (Cloud)'],
  ['restore', 'Restore (Cloud)'],
  ['remove-from-directory', 'Remove from the directory (Cloud)'],
];

export interface OneAction {
  kind: string;
  groups: string[];
  directory: string;
  mode: string;
}

/** What stands in the document as one action; `undefined` where it is none that the form can show. */
export function readAction(value: Value): OneAction | undefined {
  const bare = { groups: [], directory: '', mode: 'move' };
  if (typeof value === 'string') return { kind: value, ...bare };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [entry, ...others] = Object.entries(value);
  if (!entry || others.length > 0) return undefined;
  const [kind, what] = entry;
  if (kind === 'add-groups' || kind === 'remove-groups') {
    return { ...bare, kind, groups: Array.isArray(what) ? what.filter((one): one is string => typeof one === 'string') : [] };
  }
  if (kind === 'change-directory') {
    const to = typeof what === 'object' && what !== null && !Array.isArray(what) ? what : {};
    return { ...bare, kind, directory: typeof to.to === 'string' ? to.to : '', mode: typeof to.mode === 'string' ? to.mode : 'move' };
  }
  return undefined;
}

export function writeAction({ kind, groups, directory, mode }: OneAction): Value {
  if (kind === 'add-groups' || kind === 'remove-groups') return { [kind]: groups };
  if (kind === 'change-directory') return { [kind]: { to: directory, mode } };
  return kind;
}

/** As plans and runs write it: `remove-groups=a,b`. */
export function actionText(value: Value): string {
  const action = readAction(value);
  if (!action) return JSON.stringify(value);
  if (action.groups.length > 0) return `${action.kind}=${action.groups.join(', ')}`;
  if (action.kind === 'change-directory') return `${action.kind}=${action.mode} to ${action.directory}`;
  return action.kind;
}
