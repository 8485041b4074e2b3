// What of a plan cannot be taken back.
import type { Schemas } from '@/api/client';
import { counted } from '@/parts/numbers';

const CANNOT: Record<string, string> = {
  delete: 'deletion',
  'change-directory': 'a change of directory',
  'reset-password': 'a reset of the password',
  notify: 'a notice by mail',
  'remove-from-directory': 'removal from the directory',
};

/** The kinds among actions that cannot be taken back, in words. */
export function irreversible(actions: readonly string[]): string[] {
  return [...new Set(actions.map((action) => action.split('=')[0] ?? ''))].flatMap((kind) => CANNOT[kind] ?? []);
}

/** What of a plan cannot be taken back, in words; nothing where all of it can. */
export function lasting({ actions, irreversible: counts }: Pick<Schemas['PlanDetail'], 'actions' | 'irreversible'>): string | undefined {
  if (counts.items === 0) return undefined;
  const kinds = irreversible(actions);
  const what = kinds.length > 0 ? `: ${kinds.join(', ')}` : '';
  return `${counted(counts.items, 'change')} of ${counted(counts.accounts, 'account')} cannot be taken back${what}`;
}
