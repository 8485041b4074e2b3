// States and outcomes as lozenges: the same word has the same colour everywhere.
import Lozenge, { type ThemeAppearance } from '@atlaskit/lozenge';

const OF: Record<string, Record<string, ThemeAppearance>> = {
  item: { pending: 'default', started: 'inprogress', done: 'success', already: 'success', drifted: 'moved', refused: 'moved', failed: 'removed', unknown: 'removed', stopped: 'default' },
  run: { pending: 'default', running: 'inprogress', stopping: 'moved', stopped: 'moved', done: 'success', failed: 'removed' },
  plan: { awaiting: 'new', ready: 'inprogress', blocked: 'removed', expired: 'default', rejected: 'removed', applied: 'success' },
  policy: { off: 'default', test: 'inprogress', live: 'success' },
  mode: { test: 'inprogress', live: 'new' },
  job: { queued: 'default', running: 'inprogress', done: 'success', failed: 'removed', cancelled: 'default', skipped: 'moved' },
  account: { enabled: 'success', disabled: 'default', exempt: 'new' },
  mail: { queued: 'inprogress', sent: 'success', bounced: 'removed', failed: 'removed', discarded: 'default' },
};

const WORDS: Record<string, string> = { awaiting: 'awaits approval', blocked: 'over a limit', already: 'already so' };

interface StateProps {
  of: 'item' | 'run' | 'plan' | 'policy' | 'mode' | 'job' | 'account' | 'mail';
  state: string;
}

export function State({ of, state }: StateProps) {
  return <Lozenge appearance={OF[of]?.[state] ?? 'default'}>{WORDS[state] ?? state}</Lozenge>;
}
