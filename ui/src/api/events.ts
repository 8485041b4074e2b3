// Server-sent events, read by fetch so that a session that ends is noticed and signed in again. Whoever is cut off goes on behind the last
// event they saw, without loss.
import { useEffect, useRef, useState } from 'react';
import { Problem, asProblem, problemOf } from './problems';
import { fetchInSession } from './session-fetch';

export interface ServerEvent {
  name: string;
  id: string | undefined;
  data: unknown;
}

/** `live`: connected; `again`: cut off, tries again; `over`: nothing more will come; `failed`: the server refuses. */
export type Following = 'beginning' | 'live' | 'again' | 'over' | 'failed';

/** Puts events together from pieces of text, however they are cut. */
export class EventParser {
  private rest = '';
  private name = '';
  private data: string[] = [];
  private id: string | undefined;

  read(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const lines = (this.rest + piece).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.line(line);
      if (event) events.push(event);
    }
    return events;
  }

  private line(line: string): ServerEvent | undefined {
    if (line === '') {
      const event = this.data.length > 0 ? { name: this.name || 'message', id: this.id, data: parsed(this.data.join('\n')) } : undefined;
      this.name = '';
      this.data = [];
      this.id = undefined;
      return event;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.name = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id') this.id = value;
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const WAITS = [500, 1000, 2000, 5000, 10_000];
/** The server sends a comment every 15 seconds; silence for so long means that nobody is there any more. */
const SILENCE = 45_000;

interface Follow {
  path: string;
  after?: string | undefined;
  /** The name of the event behind which nothing comes. */
  last: string;
  onEvent: (event: ServerEvent) => void;
  onState: (state: Following, problem?: Problem) => void;
  signal: AbortSignal;
}

export async function followEvents({ path, after, last, onEvent, onState, signal }: Follow): Promise<void> {
  let seen = after;
  let failures = 0;
  onState('beginning');
  while (!signal.aborted) {
    const cut = new AbortController();
    const stop = () => cut.abort();
    signal.addEventListener('abort', stop);
    try {
      const headers = new Headers({ accept: 'text/event-stream' });
      if (seen !== undefined) headers.set('last-event-id', seen);
      const response = await fetchInSession(new Request(new URL(path, window.location.origin), { headers, signal: cut.signal }));
      if (response.status === 204) return onState('over');
      if (!response.ok) {
        const problem = problemOf(await response.json().catch(() => null), response);
        if (response.status < 500 && response.status !== 429) return onState('failed', problem);
        throw problem;
      }
      onState('live');
      const isOver = await readAll(response, cut, (event) => {
        failures = 0;
        if (event.id !== undefined) seen = event.id;
        onEvent(event);
        return event.name === last;
      });
      if (isOver) return onState('over');
      throw new TypeError('cut off');
    } catch (thrown) {
      if (signal.aborted) return;
      onState('again', asProblem(thrown));
      await waited(WAITS[Math.min(failures, WAITS.length - 1)] ?? 1000, signal);
      failures += 1;
    } finally {
      signal.removeEventListener('abort', stop);
      cut.abort();
    }
  }
}

async function readAll(response: Response, cut: AbortController, take: (event: ServerEvent) => boolean): Promise<boolean> {
  if (!response.body) return false;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  for (;;) {
    const silence = setTimeout(() => cut.abort(), SILENCE);
    const { done, value } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return false;
    for (const event of parser.read(value)) if (take(event)) return true;
  }
}

function waited(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Follows while the component is shown. `onEvent` may change from render to render. */
export function useEvents(
  path: string | undefined,
  { last, onEvent, after }: { last: string; onEvent: (event: ServerEvent) => void; after?: string | undefined },
): { state: Following; problem: Problem | undefined } {
  const [standing, setStanding] = useState<{ state: Following; problem: Problem | undefined }>({ state: 'beginning', problem: undefined });
  const take = useRef(onEvent);
  take.current = onEvent;
  useEffect(() => {
    if (path === undefined) return;
    const end = new AbortController();
    void followEvents({
      path,
      after,
      last,
      onEvent: (event) => take.current(event),
      onState: (state, problem) => !end.signal.aborted && setStanding({ state, problem }),
      signal: end.signal,
    });
    return () => end.abort();
    // `after` is only where it begins.
  }, [path, last]);
  return standing;
}
