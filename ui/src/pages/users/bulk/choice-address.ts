// The choice as it stands in the address of the wizard, so that a page that is loaded again still knows it. Only what was chosen is written.
import { type Choice, NOTHING, OFFERED, ruledOutBy } from './choice';

const LIMITS = ['accounts', 'percent', 'minimum-idle', 'canary', 'failures'] as const;

export function inAddress(choice: Choice): URLSearchParams {
  const params = new URLSearchParams();
  for (const kind of choice.kinds) params.append('do', kind);
  for (const group of choice.joins) params.append('join', group);
  for (const group of choice.leaves) params.append('leave', group);
  if (choice.directory !== '') params.set('directory', choice.directory);
  if (choice.move === 'copy') params.set('move', 'copy');
  if (choice.mode === 'live') params.set('mode', 'live');
  for (const name of LIMITS) if (choice.limits[name] !== '') params.set(`limit-${name}`, choice.limits[name]);
  return params;
}

/** What cannot be chosen in the form is not believed of an address either. */
export function fromAddress(params: URLSearchParams): Choice {
  const wanted = params.getAll('do');
  return {
    kinds: OFFERED.map(({ kind }) => kind)
      .filter((kind) => wanted.includes(kind))
      .reduce<Choice['kinds']>((chosen, kind) => (ruledOutBy(kind, chosen) ? chosen : [...chosen, kind]), NOTHING.kinds),
    joins: params.getAll('join'),
    leaves: params.getAll('leave'),
    directory: params.get('directory') ?? '',
    move: params.get('move') === 'copy' ? 'copy' : 'move',
    mode: params.get('mode') === 'live' ? 'live' : 'test',
    limits: Object.fromEntries(LIMITS.map((name) => [name, params.get(`limit-${name}`) ?? ''])) as Choice['limits'],
  };
}
