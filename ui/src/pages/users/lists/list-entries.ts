// What somebody pasted or chose as a file, as the entries of a list; and which of them no account of a site fits.

/** A first line that names its columns, one of them one that the server reads. */
export const hasHead = (text: string): boolean => /(^|[,;\t"])\s*"?(username|e-?mail)"?\s*([,;\t"]|$)/i.test(text.split(/\r?\n/, 1)[0] ?? '');

/** Names and addresses, one a line or between commas, semicolons or tabs; `Mira Ng <mira@example.org>` is the address. */
export function entriesOf(text: string): string[] {
  const found = new Map<string, string>();
  for (const piece of text.split(/[\n\r,;\t]+/)) {
    const entry = (/<([^<>\s]+@[^<>\s]+)>\s*$/.exec(piece)?.[1] ?? piece).trim().replace(/^(["'])(.*)\1$/, '$2').trim();
    if (entry !== '' && !found.has(folded(entry))) found.set(folded(entry), entry);
  }
  return [...found.values()];
}

/** Without regard to case and to how accents are composed, as the server compares. */
export const folded = (text: string): string => text.normalize('NFD').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFC');

/** Entries that are neither the name nor the address of one of these accounts. */
export function unmatched(entries: readonly string[], accounts: readonly { username?: unknown; email?: unknown }[]): string[] {
  const known = new Set<string>();
  for (const { username, email } of accounts) {
    for (const name of [username, email]) if (typeof name === 'string') known.add(folded(name));
  }
  return entries.filter((entry) => !known.has(folded(entry)));
}
