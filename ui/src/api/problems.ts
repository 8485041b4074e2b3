// What is answered instead of success: `application/problem+json`, or nothing at all.
import type { components } from './schema';

export type Place = components['schemas']['Place'];
type Body = components['schemas']['Problem'];

export class Problem extends Error {
  readonly status: number;
  /** Stable; decide by it. `unreachable`: no answer came. `unreadable`: something answered that is not Rollcall. */
  readonly code: string;
  readonly title: string;
  readonly places: readonly Place[];
  readonly requestId: string | undefined;
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number | undefined;

  constructor(body: Omit<Body, 'type'>, headers?: Headers) {
    super(body.detail);
    this.name = 'Problem';
    this.status = body.status;
    this.code = body.code;
    this.title = body.title;
    this.places = body.errors;
    this.requestId = headers?.get('x-request-id') ?? undefined;
    const after = Number(headers?.get('retry-after') ?? Number.NaN);
    this.retryAfter = Number.isFinite(after) ? after : undefined;
  }

  /** What happened, and what to do about it. */
  get detail(): string {
    return this.message;
  }

  /** What is wrong at a place of the body (a JSON pointer such as `/limits/accounts`) or of the query (a name). */
  at(place: string): Place | undefined {
    return this.places.find((found) => found.at === place);
  }

  /** What is wrong at places that a form does not show, for the message above it. */
  elsewhere(shown: readonly string[]): readonly Place[] {
    return this.places.filter((found) => !shown.includes(found.at));
  }
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && typeof (value as Body).code === 'string' && Array.isArray((value as Body).errors);
}

/** The problem of an answer that was no success. */
export function problemOf(body: unknown, response: Response): Problem {
  if (isBody(body)) return new Problem(body, response.headers);
  return new Problem(
    {
      status: response.status,
      code: 'unreadable',
      title: 'The answer cannot be read',
      detail: `Something answered with status ${response.status} that is not Rollcall. If a proxy stands in between, look at its log.`,
      errors: [],
    },
    response.headers,
  );
}

/** Whatever was thrown, as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError) {
    return new Problem({
      status: 0,
      code: 'unreachable',
      title: 'Rollcall does not answer',
      detail: 'Look whether it still runs (rollcall serve) and whether this device still has a network; then try again.',
      errors: [],
    });
  }
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem({ status: 0, code: 'page', title: 'Something went wrong on this page', detail, errors: [] });
}
