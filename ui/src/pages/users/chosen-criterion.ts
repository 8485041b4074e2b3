// Everything that a filter shows, as a criterion: the plan is made of it, and so it can be read, sent and made again.
import { both, quoted } from '@/criterion/language';

/** As long as the API takes a criterion in an address, with room to spare. */
export const MOST_TEXT = 15_000;

/** Whom a criterion and a search select together. */
export function searched(criterion: string, search: string | undefined): string {
  if (!search) return criterion.trim() === '' ? 'all' : criterion;
  const word = quoted(search);
  return both(criterion, `(username ~ ${word} OR name ~ ${word} OR email ~ ${word})`);
}
