// A run as it stands, live: asked for once, then followed by its events. The number of the newest audit entry is asked for first, so that
// nothing that happens between the two is lost, and nothing is told from the beginning again.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type Schemas, answerOf, api } from './client';
import { type Following, type ServerEvent, useEvents } from './events';
import { type Problem, asProblem } from './problems';

export type Run = Schemas['Run'];

/** What was told last about an item, or about the run. */
export interface Moment {
  seq: number;
  name: 'intent' | 'outcome' | 'run';
  item?: number | undefined;
  account?: string | undefined;
  outcome?: string | undefined;
  why?: string | undefined;
}

export interface LiveRun {
  run: Run | undefined;
  problem: Problem | undefined;
  /** Whether it is followed now. */
  following: Following | undefined;
  /** Why it is not, where that failed. */
  trouble: Problem | undefined;
  moment: Moment | undefined;
  refetch: () => void;
}

/** So often at most the lists about a run are asked for again while it goes on. */
const PAUSE = 1500;

export const runKey = (id: string) => ['run', id] as const;
export const runItemsKey = (id: string) => ['run-items', id] as const;

interface Begun {
  run: Run;
  /** Events behind this entry tell what came later. */
  after: number;
}

async function begin(id: string, signal: AbortSignal): Promise<Begun> {
  const head = await answerOf(api.GET('/api/v1/audit/head', { signal }));
  const run = await answerOf(api.GET('/api/v1/runs/{id}', { params: { path: { id } }, signal }));
  return { run, after: head.seq };
}

function momentOf(event: ServerEvent): Moment | undefined {
  if (event.name !== 'intent' && event.name !== 'outcome' && event.name !== 'run') return undefined;
  const data = event.data as Record<string, unknown> | null;
  if (typeof data !== 'object' || data === null || typeof data.seq !== 'number') return undefined;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    seq: data.seq,
    name: event.name,
    item: typeof data.item === 'number' ? data.item : undefined,
    account: text(data.account),
    outcome: text(data.outcome),
    why: text(data.why) ?? text(data.reason),
  };
}

interface Standing {
  state: string;
  counts: Run['counts'];
}

function standingOf(event: ServerEvent): Standing | undefined {
  if (event.name !== 'standing' && event.name !== 'end') return undefined;
  const data = event.data as Partial<Standing> | null;
  return typeof data?.state === 'string' && typeof data.counts === 'object' ? { state: data.state, counts: data.counts } : undefined;
}

export function useLiveRun(id: string): LiveRun {
  const client = useQueryClient();
  const query = useQuery({ queryKey: runKey(id), queryFn: ({ signal }) => begin(id, signal) });
  const [moment, setMoment] = useState<Moment>();
  const waiting = useRef<ReturnType<typeof setTimeout>>();
  const begun = query.data;
  const isGoing = begun !== undefined && !begun.run.isOver;

  // Where to follow from is settled when following begins; what is asked for later must not begin it anew.
  const [after, setAfter] = useState<number>();
  useEffect(() => {
    setAfter((before) => (isGoing ? (before ?? begun.after) : undefined));
  }, [isGoing, begun?.after]);

  const look = () => {
    void client.invalidateQueries({ queryKey: runItemsKey(id) });
    void client.invalidateQueries({ queryKey: ['audit', { run: id }] });
  };
  useEffect(() => () => clearTimeout(waiting.current), []);

  const { state, problem: trouble } = useEvents(after === undefined ? undefined : `/api/v1/runs/${encodeURIComponent(id)}/events?after=${after}`, {
    last: 'end',
    onEvent: (event) => {
      const told = momentOf(event);
      if (told) setMoment(told);
      const standing = standingOf(event);
      if (standing) {
        client.setQueryData<Begun>(runKey(id), (before) => before && { ...before, run: { ...before.run, state: standing.state, counts: standing.counts } });
      }
      if (event.name === 'end') {
        clearTimeout(waiting.current);
        waiting.current = undefined;
        void query.refetch();
        look();
        void client.invalidateQueries({ queryKey: ['runs'] });
        return;
      }
      waiting.current ??= setTimeout(() => {
        waiting.current = undefined;
        look();
      }, PAUSE);
    },
  });

  // The stream may be over where the run goes on again, for instance resumed by somebody else.
  useEffect(() => {
    if (state === 'over' && isGoing) void query.refetch();
  }, [state, isGoing, query.refetch]);

  return {
    run: begun?.run,
    problem: query.error && begun === undefined ? asProblem(query.error) : undefined,
    following: isGoing ? state : undefined,
    trouble: isGoing ? trouble : undefined,
    moment: isGoing ? moment : undefined,
    refetch: () => void query.refetch(),
  };
}
