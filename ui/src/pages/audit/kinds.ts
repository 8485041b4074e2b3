// Kinds of entries by what they are about: the audit log finds all that begin with a word. The types come from the API: a kind without
// words here does not compile.
import type { Schemas } from '@/api/client';

type Kind = Schemas['AuditKind'];
/** What kinds begin with: `run` of `run.created`. */
type Area<K extends Kind = Kind> = K extends `${infer Begin}.${string}` ? Begin : never;

const KIND_WORDS: Record<Kind, string> = {
  'run.created': 'A run was created',
  'run.taken': 'A process took a run',
  'run.item.intent': 'A change is about to be made',
  'run.item.outcome': 'What became of a change',
  'run.stop-requested': 'A run was asked to stop',
  'run.stopped': 'A run stopped before its end',
  'run.resumed': 'A run goes on',
  'run.finished': 'A run came to its end',
  'run.failed': 'A run failed',
  'plan.made': 'A plan was made',
  'plan.held': 'A plan awaits approval',
  'plan.approved': 'A plan was approved',
  'plan.rejected': 'A plan was rejected',
  'plan.refused': 'A plan was refused',
  'limit.hit': 'A limit was hit',
  'policy.loaded': 'A policy was saved',
  'policy.enabled': 'A policy was switched on in test mode',
  'policy.tested': 'A policy was tested',
  'policy.live': 'A policy was switched live',
  'policy.disabled': 'A policy was switched off',
  'policy.removed': 'A policy was removed',
  'schedule.paused': 'A schedule was paused',
  'schedule.resumed': 'A schedule goes on',
  'freeze.set': 'A freeze was set or changed',
  'freeze.removed': 'A freeze was removed',
  'freeze.overridden': 'A run was begun in a freeze',
  'job.queued': 'A job was asked for',
  'job.skipped': 'A job was not begun',
  'job.cancelled': 'A job was cancelled',
  'job.failed': 'A job failed',
  'site.added': 'A site was added',
  'site.changed': 'A site was changed',
  'site.removed': 'A site was removed',
  'site.group.intent': 'A group is about to be made',
  'site.group.outcome': 'What became of a new group',
  'site.unreachable': 'A site does not answer any more',
  'site.reachable': 'A site answers again',
  'snapshot.taken': 'A site was read',
  'snapshot.deleted': 'A snapshot was deleted',
  'exemption.added': 'An account or group was exempted',
  'exemption.removed': 'An exemption was ended',
  'list.changed': 'A list was imported',
  'list.removed': 'A list was removed',
  'operator.added': 'An operator was added',
  'operator.changed': 'An operator was changed',
  'operator.removed': 'An operator was removed',
  'operator.password-set': 'A password was set',
  'operator.setup-link-made': 'A set-up link was made',
  'session.started': 'Somebody signed in',
  'session.ended': 'A session was ended',
  'sign-in.refused': 'A sign-in was refused',
  'token.created': 'A token was made',
  'token.revoked': 'A token was revoked',
  'mail.sent': 'A mail was sent',
  'mail.failed': 'A mail could not be sent',
  'mail.bounced': 'A mail was refused for somebody',
  'mail.retried': 'A mail was tried again by hand',
  'mail.discarded': 'A mail was given up by hand',
  'mail.tested': 'A test mail was sent',
  'notice.written': 'A notice to an owner was written',
  'notice.answered': 'An owner answered a notice, and is kept longer already',
  'template.changed': 'A template was changed',
  'template.reset': 'A template is the embedded one again',
  'webhook.added': 'A webhook was added',
  'webhook.changed': 'A webhook was changed',
  'webhook.secret-changed': 'A webhook was given a new secret',
  'webhook.removed': 'A webhook was removed',
  'webhook.given-up': 'An event was given up',
  'webhook.retried': 'An event was told again by hand',
  'setting.changed': 'A setting was changed',
  'retention.dropped': 'Retention dropped something',
  'retention.audit-dropped': 'Retention dropped entries of this log',
  'backup.made': 'A backup was made',
  'backup.restored': 'A backup was restored',
  'key.rotated': 'The sealing key was changed',
};

const AREA_WORDS: Record<Area, string> = {
  run: 'Runs',
  plan: 'Plans',
  limit: 'Limits',
  policy: 'Policies',
  schedule: 'Schedules',
  freeze: 'Freezes',
  job: 'Jobs',
  site: 'Sites',
  snapshot: 'Snapshots',
  exemption: 'Exemptions',
  list: 'Lists',
  operator: 'Operators',
  session: 'Sessions',
  'sign-in': 'Sign-ins',
  token: 'Tokens',
  mail: 'Mails',
  notice: 'Notices',
  template: 'Templates',
  webhook: 'Webhooks',
  setting: 'Settings',
  retention: 'Retention',
  backup: 'Backups',
  key: 'The sealing key',
};

interface Option {
  value: string;
  label: string;
}

/** The areas, each with everything of it and with its kinds. */
export const KINDS: readonly { label: string; options: readonly Option[] }[] = Object.entries(AREA_WORDS).map(([area, label]) => {
  const kinds = Object.entries(KIND_WORDS).filter(([kind]) => kind.startsWith(`${area}.`));
  const each = kinds.map(([value, words]) => ({ value, label: words }));
  return { label, options: each.length > 1 ? [{ value: area, label: `${label}: everything` }, ...each] : each };
});

const LABELS = new Map(KINDS.flatMap((group) => group.options.map((option) => [option.value, option.label] as const)));

/** What is chosen, in words. */
export const kindWords = (kind: string): string => LABELS.get(kind) ?? kind;
