/** Where to go after signing in: a path of these pages and nothing else, whatever the address says. */
export function pathAfter(wanted: string | null): string {
  if (!wanted?.startsWith('/')) return '/';
  try {
    const url = new URL(wanted, window.location.origin);
    const isHere = url.origin === window.location.origin && !['/sign-in', '/setup'].includes(url.pathname);
    // Two slashes at the beginning would be another host.
    return isHere && !url.pathname.startsWith('//') ? url.pathname + url.search + url.hash : '/';
  } catch {
    return '/';
  }
}
