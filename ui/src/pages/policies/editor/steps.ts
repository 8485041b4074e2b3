// The four steps of a policy, and which of its places belongs to which.
export const STEPS = [
  { id: 'when', title: 'When', words: 'name and schedule' },
  { id: 'who', title: 'Who', words: 'sites and criterion' },
  { id: 'what', title: 'What', words: 'actions and limits' },
  { id: 'report', title: 'Report', words: 'who is told' },
] as const;

export type Step = (typeof STEPS)[number]['id'];

const OF: Record<string, Step> = {
  name: 'when',
  description: 'when',
  schedule: 'when',
  on: 'when',
  poll: 'when',
  'snapshot-max-age': 'when',
  sites: 'who',
  select: 'who',
  grace: 'who',
  'protected-groups': 'who',
  actions: 'what',
  notice: 'what',
  limits: 'what',
  approval: 'what',
  'plan-expiry': 'what',
  mode: 'what',
  report: 'report',
};

/** The step that shows a place; `undefined`: no step does, only the YAML. */
export const stepOf = (pointer: string): Step | undefined => OF[pointer.split('/')[1] ?? ''];

export const isStep = (text: string | undefined): text is Step => STEPS.some((step) => step.id === text);
