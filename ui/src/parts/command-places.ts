// The server's words are for the command line as well, and name its commands. What these pages can do is done here: for a command, the
// place that does the same.

export interface Place {
  text: string;
  to: string;
}

export type WordPiece = { kind: 'text' | 'code'; text: string } | ({ kind: 'place' } & Place);

const siteNamed = (name: string | undefined, part?: readonly [path: string, title: string]): Place =>
  name === undefined ? { text: 'Sites', to: '/sites' } : { text: ['Sites', name, ...(part ? [part[1]] : [])].join(' › '), to: `/sites/${encodeURIComponent(name)}${part ? `/${part[0]}` : ''}` };
const setting = (path: string, title: string, query = ''): Place => ({ text: `Settings › ${title}`, to: `/settings/${path}${query}` });

/** `about`: the site that the words are about, where they say NAME or SITE. */
const PLACES: readonly (readonly [begins: RegExp, place: (name: string | undefined, about: string | undefined) => Place])[] = [
  [/^site add\b/, () => ({ text: 'Sites › Connect a site', to: '/sites?connect=yes' })],
  [/^site (?:set|test)\b(?: (\S+))?.*--records-every-login/, (name, about) => siteNamed(name ?? about, ['settings', 'Settings'])],
  [/^site (?:set|test)\b(?: (\S+))?/, (name, about) => siteNamed(name ?? about)],
  [/^sync\b(?: (\S+))?/, (name, about) => siteNamed(name ?? about, ['snapshots', 'Snapshots'])],
  [/^runs (?:resume|undo|stop|show)\b(?: (\S+))?/, (id) => (id ? { text: 'the page of the run', to: `/runs/${encodeURIComponent(id)}` } : { text: 'Runs', to: '/runs' })],
  [/^policy load\b/, () => ({ text: 'Policies › New policy', to: '/policies/-/new' })],
  [/^policy (?:enable|disable|run)\b(?: (\S+))?/, (name) => (name ? { text: `Policies › ${name}`, to: `/policies/${encodeURIComponent(name)}` } : { text: 'Policies', to: '/policies' })],
  [/^mail (?:retry|discard|list)\b/, () => setting('mail', 'Mail')],
  [/^webhook test\b/, () => setting('webhooks', 'Webhooks')],
  [/^exempt list\b(?: (\S+))?/, (name, about) => setting('exemptions', 'Exemptions', name ?? about ? `?${new URLSearchParams({ site: name ?? about ?? '' })}` : '')],
  [/^freeze remove\b/, () => setting('freezes', 'Freezes')],
  [/^operators (?:list|add|password)\b/, () => setting('operators', 'Operators')],
];

/** Where these pages do what the command does; `undefined`: nowhere. */
export function placeFor(command: string, about?: string): Place | undefined {
  const words = command.replace(/^rollcall /, '');
  for (const [begins, place] of PLACES) {
    const found = words.match(begins);
    if (found) {
      const name = found[1]?.replace(/^["']|["']$/g, '');
      // NAME, SITE, …: whoever reads it is to put the name there.
      return place(name === undefined || /^(?:[A-Z-]+|…|--\S*)$/.test(name) ? undefined : name, about);
    }
  }
  return undefined;
}

/** Up to the end of its sentence or of its part of one. */
const BARE = /rollcall (?:site|sync|runs|policy|mail|webhook|exempt|freeze|operators)\b[^`;,]*?(?=[.…]?$|[;,.] )/g;

/** The words in pieces: text, code that stood between backticks, and places instead of commands. */
export function wordPieces(text: string, about?: string): WordPiece[] {
  const found: WordPiece[] = [];
  text.split('`').forEach((part, at) => {
    if (at % 2 === 1) {
      const place = part.startsWith('rollcall ') ? placeFor(part, about) : undefined;
      found.push(place ? { kind: 'place', ...place } : { kind: 'code', text: part });
      return;
    }
    let from = 0;
    for (const match of part.matchAll(BARE)) {
      const place = placeFor(match[0], about);
      if (!place) continue;
      if (match.index > from) found.push({ kind: 'text', text: part.slice(from, match.index) });
      found.push({ kind: 'place', ...place });
      from = match.index + match[0].length;
    }
    if (from < part.length) found.push({ kind: 'text', text: part.slice(from) });
  });
  return found;
}
