let taken: string | undefined;

/** The token of the setup link; from then on it is no longer in the address, nor in the history. */
export function takeToken(): string {
  const token = window.location.hash.slice(1);
  if (token !== '') {
    taken = token;
    window.history.replaceState(window.history.state, '', window.location.pathname);
  }
  return taken ?? '';
}
