// Files that the API makes: lists as CSV, reports of runs, exports.
import { fetchInSession } from './session-fetch';
import { problemOf } from './problems';

/** Asks for a file in a form and lets the browser keep it under a name. Throws a `Problem`. */
export async function download(path: string, { accept, name }: { accept: string; name: string }): Promise<void> {
  const response = await fetchInSession(new Request(new URL(path, window.location.origin), { headers: { accept } }));
  if (!response.ok) throw problemOf(await response.json().catch(() => null), response);
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
