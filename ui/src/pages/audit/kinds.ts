// Kinds of entries by what they are about: the audit log finds all that begin with it.
export const KINDS: readonly { label: string; options: readonly { label: string; value: string }[] }[] = [
  {
    label: 'Changes of accounts',
    options: [
      { value: 'run', label: 'Everything of runs' },
      { value: 'run.item.intent', label: 'A change is about to be made' },
      { value: 'run.item.outcome', label: 'What became of a change' },
      { value: 'run.created', label: 'A run was created' },
      { value: 'run.finished', label: 'A run came to its end' },
      { value: 'run.failed', label: 'A run failed' },
      { value: 'run.stop', label: 'A run was stopped' },
      { value: 'run.resumed', label: 'A run goes on' },
    ],
  },
  {
    label: 'Policies and plans',
    options: [
      { value: 'policy', label: 'Everything of policies' },
      { value: 'policy.live', label: 'A policy was switched live' },
      { value: 'policy.tested', label: 'A policy was tested' },
      { value: 'plan', label: 'Everything of plans' },
      { value: 'plan.approved', label: 'A plan was approved' },
      { value: 'plan.rejected', label: 'A plan was rejected' },
      { value: 'limit', label: 'A limit was hit' },
      { value: 'schedule', label: 'A schedule was paused or goes on' },
      { value: 'freeze', label: 'Freezes' },
      { value: 'job', label: 'Jobs' },
    ],
  },
  {
    label: 'Sites',
    options: [
      { value: 'site', label: 'Everything of sites' },
      { value: 'snapshot', label: 'Snapshots' },
      { value: 'exemption', label: 'Exemptions' },
      { value: 'list', label: 'Lists' },
    ],
  },
  {
    label: 'People and access',
    options: [
      { value: 'operator', label: 'Operators' },
      { value: 'session', label: 'Sign-ins and sign-outs' },
      { value: 'sign-in.refused', label: 'Sign-ins that were refused' },
      { value: 'token', label: 'Tokens' },
    ],
  },
  {
    label: 'Messages and the installation',
    options: [
      { value: 'mail', label: 'Mails' },
      { value: 'template', label: 'Templates' },
      { value: 'notice', label: 'Notices' },
      { value: 'webhook', label: 'Webhooks' },
      { value: 'setting', label: 'Settings' },
      { value: 'retention', label: 'What retention dropped' },
      { value: 'backup', label: 'Backups' },
      { value: 'key', label: 'The sealing key' },
    ],
  },
];

const LABELS = new Map(KINDS.flatMap((group) => group.options.map((option) => [option.value, option.label] as const)));

/** What is chosen, in words. */
export const kindWords = (kind: string): string => LABELS.get(kind) ?? kind;
