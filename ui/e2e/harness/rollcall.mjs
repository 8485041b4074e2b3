// Starts the real program (ROLLCALL_BIN) on a data folder of its own, and ends it.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const program = () => {
  const path = process.env.ROLLCALL_BIN;
  if (!path) throw new Error('ROLLCALL_BIN must name the program, for instance ../target/debug/rollcall');
  return path;
};

/** Waits for a line on standard output. */
function said(child, words, within) {
  return new Promise((resolve, reject) => {
    let text = '';
    let errors = '';
    const timer = setTimeout(() => reject(new Error(`no "${words}" within ${within} ms:\n${text}\n${errors}`)), within);
    child.stderr.on('data', (piece) => (errors += piece));
    child.stdout.on('data', (piece) => {
      text += piece;
      const found = text.match(words);
      if (found) {
        clearTimeout(timer);
        resolve({ found, text });
      }
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`rollcall ended with ${code}:\n${text}\n${errors}`));
    });
  });
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}

export async function newFolder() {
  const data = await mkdtemp(join(tmpdir(), 'rollcall-e2e-'));
  return { data, remove: () => rm(data, { recursive: true, force: true }) };
}

/** One demo at a time begins, because each looks for a port that is free and takes it a moment later. Let go of also by whoever dies. */
async function turnToBegin() {
  for (;;) {
    const held = createServer();
    const isHeld = await new Promise((resolve) => held.once('error', () => resolve(false)).listen('\0rollcall-demo-begins', () => resolve(true)));
    if (isHeld) return () => held.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The demo: a simulated site, policies, runs, and the service. `token` is that of an admin. */
export async function startDemo({ data, accounts = 300 }) {
  const begun = await turnToBegin();
  const child = spawn(program(), ['demo', '--accounts', String(accounts), '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { found, text } = await said(child, /Rollcall listens on (http:\S+?)\/?\s/, 240_000).finally(begun);
  const token = text.match(/token of (\S+), for a day: (\S+)/);
  return { url: found[1], token: token[2], stop: () => end(child), kill: () => child.kill('SIGKILL') };
}

/** The service alone, on a data folder. `port` 0: a free one. `setupLink()` waits for the link, where there is no admin yet. */
export async function startServe({ data, port = 0 }) {
  const child = spawn(program(), ['serve', '--data', data, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  const link = said(child, /http\S+\/setup#\S+(?=\s)/, 30_000);
  link.catch(() => undefined);
  const { found } = await said(child, /Rollcall listens on (http:\S+?)\/?\s/, 60_000);
  return { url: found[1], setupLink: async () => (await link).found[0], stop: () => end(child), kill: () => child.kill('SIGKILL') };
}

/** A simulated site alone: `{url, controlUrl, username, password, token}`. */
export async function startSite({ accounts = 120, seed = 7, version = '9.3' } = {}) {
  const child = spawn(program(), ['simulate', '--kind', 'confluence-dc', '--version', version, '--accounts', String(accounts), '--seed', String(seed), '--format', 'json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { found } = await said(child, /^(\{.*\})\s/m, 60_000);
  return { ...JSON.parse(found[1]), stop: () => end(child) };
}

/** Asks the API as a program. */
export async function ask(server, method, path, body, headers = {}) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${server.token}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}
