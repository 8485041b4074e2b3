import { afterEach, expect, test, vi } from 'vitest';
import { EventParser, type Following, type ServerEvent, followEvents } from './events';

afterEach(() => vi.unstubAllGlobals());

const TEXT = ': hello\r\n\r\nid: 7\nevent: outcome\ndata: {"a":\ndata: 1}\n\ndata: plain\n\nid: 9\nevent: end\ndata: {}\n\n';

test('events are the same however the text is cut', () => {
  const whole = new EventParser().read(TEXT);
  expect(whole).toEqual([
    { name: 'outcome', id: '7', data: { a: 1 } },
    { name: 'message', id: undefined, data: 'plain' },
    { name: 'end', id: '9', data: {} },
  ]);
  for (let size = 1; size < TEXT.length; size += 1) {
    const parser = new EventParser();
    const events: ServerEvent[] = [];
    for (let at = 0; at < TEXT.length; at += size) events.push(...parser.read(TEXT.slice(at, at + size)));
    expect(events).toEqual(whole);
  }
});

const stream = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });

test('whoever is cut off goes on behind the last event that was seen', async () => {
  const asked: (string | null)[] = [];
  const answers = [stream('id: 3\nevent: outcome\ndata: {}\n\nid: 4\nevent: out'), stream('id: 4\nevent: outcome\ndata: {}\n\nevent: end\ndata: {}\n\n')];
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request.headers.get('last-event-id'));
    return answers.shift() ?? new Response(null, { status: 204 });
  });
  const seen: string[] = [];
  const states: Following[] = [];
  await followEvents({ path: '/x', last: 'end', onEvent: (event) => seen.push(`${event.name} ${event.id}`), onState: (state) => states.push(state), signal: new AbortController().signal });
  expect(asked).toEqual([null, '3']);
  expect(seen).toEqual(['outcome 3', 'outcome 4', 'end undefined']);
  expect(states).toEqual(['beginning', 'live', 'again', 'live', 'over']);
});

test('what the server refuses is not asked for again', async () => {
  let count = 0;
  vi.stubGlobal('fetch', async () => {
    count += 1;
    return Response.json({ code: 'not-found', title: 'There is nothing here', detail: 'no such run', status: 404, errors: [] }, { status: 404 });
  });
  const states: string[] = [];
  await followEvents({ path: '/x', last: 'end', onEvent: () => undefined, onState: (state, problem) => states.push(`${state} ${problem?.code ?? ''}`), signal: new AbortController().signal });
  expect([count, ...states]).toEqual([1, 'beginning ', 'failed not-found']);
});
