// The typed client: paths, parameters and answers are those of docs/openapi.json.
import createClient from 'openapi-fetch';
import { problemOf } from './problems';
import type { components, paths } from './schema';
import { fetchInSession } from './session-fetch';

export type Schemas = components['schemas'];

export const api = createClient<paths, 'application/json'>({ baseUrl: window.location.origin, fetch: fetchInSession });

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer itself; whatever is no success is thrown as a `Problem`. */
export async function answerOf<T>(call: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(error, response);
  return data as T;
}

/** A thing and the tag (`ETag`) by which it can be changed. */
export interface Tagged<T> {
  value: T;
  tag: string;
}

/** The answer with its tag, for what can be edited. */
export async function taggedAnswerOf<T>(call: Promise<Answered<T>>): Promise<Tagged<T>> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(error, response);
  return { value: data as T, tag: response.headers.get('etag') ?? '*' };
}
