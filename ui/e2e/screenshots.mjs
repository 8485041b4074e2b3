// Pictures of every page, light and dark, from the lively demo, into docs/images: `npm run screenshots`. Which pages there are comes from
// src/frame/pages.ts and src/pages/settings; an example of each kind of thing is found by the API.
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser, openWindow, signIn } from './harness/browser.mjs';
import { pagesOf } from './harness/front.mjs';
import { ask, newFolder, startDemo } from './harness/rollcall.mjs';
import { smallPng } from './harness/small-png.mjs';
import { PASSWORD, addOperator } from './harness/stage.mjs';

const images = process.env.SCREENSHOTS ?? fileURLToPath(new URL('../../docs/images/', import.meta.url));
const read = (path) => readFile(new URL(path, import.meta.url), 'utf8');
const pathsIn = (text) => [...text.matchAll(/path: '([^']+)'/g)].map(([, path]) => path);

/** `/users/*` is the page `users`, at `/users`. */
async function pages() {
  const found = pathsIn(await read('../src/frame/pages.ts')).map((path) => path.replace(/\/\*$/, ''));
  return found.map((path) => ({ name: path === '/' ? 'overview' : path.slice(1), path }));
}

async function settings() {
  const parts = pathsIn(await read('../src/pages/settings/index.tsx'));
  return parts.map((part) => ({ name: `settings-${part}`, path: `/settings/${part}` }));
}

const IDLE = 'status = enabled AND seat = true AND idle >= 90d ORDER BY lastActive';

/** One of each kind that the demo has. */
async function examples(server) {
  const first = async (path) => (await ask(server, 'GET', path)).items[0];
  const site = (await first('/sites')).name;
  const account = await first(`/sites/${site}/accounts?limit=1&criterion=${encodeURIComponent(IDLE)}`);
  const [policy, plan, failed, run] = await Promise.all([first('/policies'), first('/plans?state=awaiting'), first('/runs?state=failed'), first('/runs?mode=live&state=done')]);
  // Whom the undo of the story's run enabled again is protected for a while: those below are not among them.
  const change = { site, criterion: 'status = enabled AND seat = true AND idle >= 60d AND reactivated = never', do: 'disable' };
  const { job } = await ask(server, 'POST', '/plans', { kind: 'selection', site, criterion: change.criterion, actions: ['disable'], mode: 'test' }, { prefer: 'wait=60' });
  const made = job.result?.plans[0];
  const all = [
    { name: 'users-criterion', path: `/users?${new URLSearchParams({ site, criterion: IDLE })}` },
    account && { name: 'user', path: `/users/${site}/${encodeURIComponent(account.key)}` },
    { name: 'users-change', path: `/users/act?${new URLSearchParams(change)}` },
    made && { name: 'users-plan', path: `/users/act?${new URLSearchParams({ ...change, plan: made })}` },
    policy && { name: 'policy-edit', path: `/policies/${encodeURIComponent(policy.name)}/edit` },
    { name: 'policy-new', path: '/policies/-/new' },
    policy && { name: 'policy', path: `/policies/${encodeURIComponent(policy.name)}` },
    plan && { name: 'plan', path: `/plans/${plan.id}` },
    run && { name: 'run', path: `/runs/${run.id}` },
    failed && { name: 'run-failed', path: `/runs/${failed.id}` },
    { name: 'site', path: `/sites/${site}` },
    { name: 'site-connect', path: '/sites?connect=yes' },
    { name: 'settings-template', path: '/settings/templates/run-report' },
  ];
  return all.filter(Boolean);
}

/** Once nothing loads or moves any more: two pictures in a row that are the same. */
async function still(page) {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.getByText(/^Loading/).first().waitFor({ state: 'detached' });
  await page.mouse.move(0, 0);
  let before = await page.screenshot();
  for (let tries = 0; tries < 20; tries += 1) {
    await page.waitForTimeout(300);
    const now = await page.screenshot();
    if (now.equals(before)) return smallPng(now);
    before = now;
  }
  return undefined;
}

async function takeAll(browser, url, { theme, width, height, list, ending }) {
  const { page, context } = await openWindow(browser, { url, theme, width, height });
  if (ending === '-light') {
    await page.goto('/sign-in');
    const picture = await still(page);
    if (picture) await writeFile(`${images}/sign-in.png`, picture);
  }
  await signIn(page, 'mira', PASSWORD);
  for (const { name, path } of list) {
    await page.goto(path);
    const picture = await still(page);
    if (picture) await writeFile(`${images}/${name}${ending}.png`, picture);
    console.log(picture ? `${name}${ending}.png ${Math.round(picture.length / 1024)} KB` : `${name}${ending}: never still, not kept`);
  }
  await context.close();
}

const NARROW = ['overview', 'users', 'run', 'plan'];

const folder = await newFolder();
const closing = [folder.remove];
try {
  const server = await startDemo({ data: folder.data, accounts: Number(process.env.SCREENSHOT_ACCOUNTS ?? 2000) });
  closing.push(server.stop);
  await addOperator(folder.data, 'mira', 'admin', 'Mira Castell');
  const front = await pagesOf(server);
  closing.push(front.stop);
  const browser = await openBrowser();
  closing.push(() => browser.close());

  await mkdir(images, { recursive: true });
  // What is not taken any more is not left lying.
  for (const file of await readdir(images)) if (/-(light|dark|narrow)\.png$/.test(file)) await rm(`${images}/${file}`);
  const things = await examples(server);
  // /settings is its first part.
  const list = [...(await pages()).filter(({ name }) => name !== 'settings'), ...things, ...(await settings())];
  const wide = { width: 1280, height: 800 };
  await takeAll(browser, front.url, { theme: 'light', ...wide, list, ending: '-light' });
  await takeAll(browser, front.url, { theme: 'dark', ...wide, list, ending: '-dark' });
  await takeAll(browser, front.url, { theme: 'light', width: 400, height: 800, list: list.filter(({ name }) => NARROW.includes(name)), ending: '-narrow' });
} finally {
  for (const step of closing.reverse()) await step();
}
