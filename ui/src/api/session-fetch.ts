// Asks the server. Where the session has ended meanwhile, whoever sits there is asked to sign in again, over the page, and the request is
// sent again: nothing that was typed is lost.
import { asProblem } from './problems';

/** Resolves to who is signed in now: the `same` operator, `another` one, or `nobody` because the dialog was closed. */
export type SignInAgain = () => Promise<'same' | 'another' | 'nobody'>;

let signInAgain: SignInAgain | undefined;
let asking: ReturnType<SignInAgain> | undefined;

/** While pages are shown the frame says how to ask for a new sign-in; before that a 401 is just an answer. */
export function whenSessionEnds(ask: SignInAgain | undefined): void {
  signInAgain = ask;
  asking = undefined;
}

const isReading = (method: string) => method === 'GET' || method === 'HEAD';

async function hasEnded(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const body: unknown = await response.clone().json().catch(() => null);
  return (body as { code?: unknown } | null)?.code === 'not-signed-in';
}

export async function fetchInSession(request: Request): Promise<Response> {
  const again = request.clone();
  let response: Response;
  try {
    response = await fetch(request);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') throw thrown;
    throw asProblem(thrown);
  }
  if (signInAgain === undefined || !(await hasEnded(response))) return response;
  // However many requests find the session ended, one dialog asks.
  asking ??= signInAgain().finally(() => {
    asking = undefined;
  });
  const who = await asking;
  // What somebody wanted is never done in another's name.
  if (who === 'same' || (who === 'another' && isReading(request.method))) return fetch(again);
  return response;
}
