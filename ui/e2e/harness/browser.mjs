// Debian's Chromium, and what must hold on every page of every story: no error, no violation of the policy, no request to elsewhere.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = createRequire(import.meta.url)('axe-core');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Longest wait for what a page is to show, in milliseconds: as on a machine that has much else to do. */
const PATIENCE = 60_000;

export const openBrowser = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS });

/** A window of its own with its own cookies. `blameless()` fails with everything that was wrong so far. */
export async function openWindow(browser, { url, theme = 'light', width = 1280, height = 800, timezoneId = 'Pacific/Auckland' }) {
  const context = await browser.newContext({ baseURL: url, viewport: { width, height }, colorScheme: theme, timezoneId, locale: 'en-GB', reducedMotion: 'reduce' });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const wrongs = [];
  const allowed = [];
  await context.exposeBinding('rollcallViolation', (_, words) => wrongs.push(words));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      globalThis.rollcallViolation(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
    });
  });
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    wrongs.push(`console ${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => wrongs.push(`error: ${error.stack}`));
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (to.protocol.startsWith('http') && to.origin !== new URL(url).origin) wrongs.push(`request to ${to}`);
  });
  return {
    page,
    context,
    /** A console line of a status that the story means to see. */
    expectStatus: (status, path) => allowed.push((line) => line.includes(`status of ${status}`) && line.includes(path)),
    /** A console line of a request that got no answer, where the story ends the program. */
    expectCut: () => allowed.push((line) => line.includes('net::ERR_')),
    blameless: () => assert.deepEqual(wrongs.filter((line) => !allowed.some((isMeant) => isMeant(line))), []),
  };
}

/** Longest wait for what fades, in milliseconds: far beyond every fade of these pages. */
const FADE = 5_000;

/** Once nothing fades in or out any more: the colours of the middle of it are nobody's. What turns for ever is not waited for. */
async function settled(page) {
  await page.evaluate(async (longest) => {
    // One that holds its last colours is still listed, although nothing moves: only what runs counts.
    const isFading = () => document.getAnimations().some(({ effect, playState }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity);
    for (const until = performance.now() + longest; isFading(); ) {
      if (performance.now() > until) throw new Error('something still fades');
      await new Promise((later) => setTimeout(later, 20));
    }
  }, FADE);
}

/** No finding of axe on what is shown now; with `rules`, of these alone. */
export async function assertAccessible(page, rules) {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (only) => {
    // There is no sound and no film: nothing has to be fetched for it.
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'], preload: false, ...(only ? { runOnly: only } : {}) });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.target.join(' ')} ${node.any.map((check) => check.message).join('; ')}`).join(' | ')}`);
  }, rules);
  assert.deepEqual(found, []);
}

/** What is shown now, wide and narrow, light and dark, as the window is made so: it fits, axe finds nothing, and a picture is kept. */
export async function assertEveryLook(page, name) {
  for (const width of [1280, 400]) {
    await page.setViewportSize({ width, height: 800 });
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.waitForFunction((wanted) => document.documentElement.dataset.colorMode === wanted, theme);
      await page.waitForFunction(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth, undefined, { timeout: 5_000 }).catch(() => {
        throw new Error(`${page.url()} is wider than the window of ${width}`);
      });
      // Only colours are others in the dark.
      await assertAccessible(page, theme === 'dark' ? ['color-contrast'] : undefined);
      await picture(page, `${name}-${theme}-${width}`);
    }
  }
}

/** Keeps what is shown as a picture, where E2E_PICTURES names a folder. */
export async function picture(page, name) {
  const folder = process.env.E2E_PICTURES;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}

export async function signIn(page, name, password) {
  await page.goto('/sign-in');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}
