import { afterEach, expect, test, vi } from 'vitest';
import { fetchInSession, whenSessionEnds } from './session-fetch';

afterEach(() => {
  vi.unstubAllGlobals();
  whenSessionEnds(undefined);
});

const ended = () => Response.json({ code: 'not-signed-in', errors: [] }, { status: 401 });

function serverThatForgot() {
  const got: string[] = [];
  let isSignedIn = false;
  vi.stubGlobal('fetch', async (request: Request) => {
    got.push(`${request.method} ${await request.text()} ${request.headers.get('idempotency-key')}`);
    return isSignedIn ? Response.json({ ok: true }) : ended();
  });
  return { got, signIn: () => (isSignedIn = true) };
}

const post = () => new Request('http://rollcall.test/api', { method: 'POST', body: 'typed', headers: { 'idempotency-key': 'k' } });

test('after signing in again the same request is sent with the same key, and one dialog asks for all', async () => {
  const server = serverThatForgot();
  const ask = vi.fn(async () => {
    await Promise.resolve();
    server.signIn();
    return 'same' as const;
  });
  whenSessionEnds(ask);
  const answers = await Promise.all([fetchInSession(post()), fetchInSession(post())]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(server.got).toEqual(Array(4).fill('POST typed k'));
});

test('nothing is changed in the name of another operator', async () => {
  const server = serverThatForgot();
  whenSessionEnds(async () => {
    server.signIn();
    return 'another';
  });
  expect((await fetchInSession(post())).status).toBe(401);
  expect(server.got).toHaveLength(1);
  expect((await fetchInSession(new Request('http://rollcall.test/api'))).status).toBe(200);
});

test('a refused sign-in is no session that ended', async () => {
  vi.stubGlobal('fetch', async () => Response.json({ code: 'sign-in-refused', errors: [] }, { status: 401 }));
  const ask = vi.fn(async () => 'same' as const);
  whenSessionEnds(ask);
  expect((await fetchInSession(post())).status).toBe(401);
  expect(ask).not.toHaveBeenCalled();
});

test('no answer at all is a problem that says so', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('Failed to fetch');
  });
  await expect(fetchInSession(post())).rejects.toMatchObject({ code: 'unreachable' });
});
