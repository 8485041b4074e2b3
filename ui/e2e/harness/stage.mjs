// What most stories need: the program with a site, the pages, a browser, and somebody who is signed in.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test as nodeTest } from 'node:test';
import { promisify } from 'node:util';
import { openBrowser, openWindow } from './browser.mjs';
import { pagesOf } from './front.mjs';
import { ask, newFolder, program, startDemo, startServe, startSite } from './rollcall.mjs';

export const PASSWORD = 'correct horse battery staple';

/** Longest that one test may take, in milliseconds: what hangs is named by its test, not by its file. */
const LONGEST = 180_000;

export const test = (name, walk) => nodeTest(name, { timeout: LONGEST }, walk);

const SIMULATED = 'server:\n  allow-http-sites: true\n  allow-private-addresses: [127.0.0.0/8]\n';

/** Set before the tests of a file, cleared after them, last come first. `build` puts a program on it, and says what ends it; `also` prepares
 * what else the file needs, once everything is there. */
function staged(also, build) {
  const stage = {};
  const closing = [];
  before(
    async () => {
      const folder = await newFolder();
      closing.push(folder.remove);
      Object.assign(stage, { folder });
      await build(stage, (end) => closing.push(end));
      const pages = await pagesOf({
        get url() {
          return stage.rollcall.url;
        },
      });
      closing.push(pages.stop);
      const browser = await openBrowser();
      closing.push(() => browser.close());
      const window = (options = {}) => openWindow(browser, { url: pages.url, ...options });
      Object.assign(stage, { url: pages.url, window, signedIn: (name, options) => signedIn(window, pages.url, name, options) });
      await also?.(stage);
    },
    { timeout: 600_000 },
  );
  after(async () => {
    for (const end of closing.reverse()) await end();
  });
  return stage;
}

/** A window of somebody who is signed in already, showing the page `at`; how they sign in by hand is a story of its own. */
async function signedIn(window, url, name, { at, ...options } = {}) {
  const answer = await fetch(`${url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, password: PASSWORD }) });
  assert.ok(answer.ok, `${name} cannot sign in: ${answer.status}`);
  const [, cookie, value] = answer.headers.get('set-cookie').match(/^([^=]+)=([^;]*)/);
  const opened = await window(options);
  await opened.context.addCookies([{ url, name: cookie, value, httpOnly: true, sameSite: 'Strict' }]);
  if (at !== undefined) await opened.page.goto(at);
  return opened;
}

const cli = promisify(execFile);

/** The command line on a data folder. */
export const commandAt = (data) => (...words) => cli(program(), [...words, '--data', data], { maxBuffer: 1 << 24 });

/** By hand: a token adds nobody. */
export async function addOperator(data, name, role, displayName) {
  const secret = join(data, 'password');
  await writeFile(secret, PASSWORD);
  await commandAt(data)('operators', 'add', name, '--role', role, '--display-name', displayName, '--password-file', secret);
}

async function addOperators(data) {
  for (const role of ['viewer', 'operator', 'approver', 'admin']) await addOperator(data, `the-${role}`, role, `The ${role}`);
}

/** The lively demo, with an operator for each role: `the-viewer`, …, `the-admin`. */
export const demo = ({ accounts = 300, also } = {}) =>
  staged(also, async (stage, atEnd) => {
    const rollcall = await startDemo({ data: stage.folder.data, accounts });
    atEnd(rollcall.stop);
    Object.assign(stage, { rollcall, ask: (...what) => ask(rollcall, ...what) });
    await addOperators(stage.folder.data);
  });

/** The program as it was installed just now; where `site` says what is at it, beside a simulated site that it may be told of. */
export const fresh = ({ site, also } = {}) =>
  staged(also, async (stage, atEnd) => {
    if (site) {
      await writeFile(join(stage.folder.data, 'rollcall.yaml'), SIMULATED);
      stage.site = await startSite(site);
      atEnd(stage.site.stop);
    }
    stage.rollcall = await startServe({ data: stage.folder.data });
    atEnd(() => stage.rollcall.stop());
  });

/** A simulated site in a process of its own that was connected by the command line as `wiki` and read; an operator for each role. */
export const connected = ({ site, also }) =>
  staged(also, async (stage, atEnd) => {
    const { data } = stage.folder;
    const command = commandAt(data);
    const secret = join(data, 'secret');
    stage.site = await startSite(site);
    atEnd(stage.site.stop);
    await addOperators(data);
    await writeFile(secret, stage.site.token);
    await command('site', 'add', 'wiki', '--url', stage.site.url, '--token-file', secret, '--records-every-login', 'true', '--concurrency', '8', '--per-second', '0');
    await command('sync', 'wiki');
    const { stdout } = await command('tokens', 'create', 'story', '--owner', 'the-admin', '--role', 'admin', '--format', 'json');
    stage.rollcall = await startServe({ data });
    atEnd(() => stage.rollcall.stop());
    const token = stdout.match(/rc_[A-Za-z0-9]+/)[0];
    stage.ask = (...what) => ask({ url: stage.rollcall.url, token }, ...what);
  });

/** The first admin, for stories that are not about set-up. */
export async function firstAdmin({ rollcall }, name) {
  const token = new URL(await rollcall.setupLink()).hash.slice(1);
  const answer = await fetch(`${rollcall.url}/api/v1/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, name, password: PASSWORD }) });
  assert.ok(answer.ok, await answer.text());
}

/** Asks again until it is so. */
export async function waited(what, until, within = 60_000) {
  const end = Date.now() + within;
  for (;;) {
    const now = await what();
    if (until(now)) return now;
    if (Date.now() > end) throw new Error(`not within ${within} ms: ${JSON.stringify(now).slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
