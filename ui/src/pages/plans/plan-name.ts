import type { Schemas } from '@/api/client';

type Origin = Schemas['PlanOrigin'];

/** What a plan is called in lists: its policy, or how else it came about. */
export const planName = (origin: Origin): string => (origin.kind === 'policy' ? origin.name : origin.kind === 'undo' ? 'Undo of a run' : 'By hand');

/** Deletion is confirmed by typing how many. */
export const deletes = (actions: readonly string[]): boolean => actions.some((action) => action === 'delete' || action.startsWith('delete='));

const CANNOT: Record<string, string> = {
  delete: 'deletion',
  'change-directory': 'a change of directory',
  'reset-password': 'a reset of the password',
  notify: 'a notice by mail',
  'remove-from-directory': 'removal from the directory',
};

/** What of the actions cannot be taken back, in words. */
export function irreversible(actions: readonly string[]): string[] {
  const kinds = actions.map((action) => action.split('=')[0] ?? '');
  return [...new Set(kinds)].flatMap((kind) => CANNOT[kind] ?? []);
}
