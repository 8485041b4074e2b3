// What an admin sees first: seats, idleness, what comes and what was.
import assert from 'node:assert/strict';
import { assertAccessible, picture } from './harness/browser.mjs';
import { demo, test } from './harness/stage.mjs';

const stage = demo();

const number = (text) => Number(text.replaceAll(/[^\d]/g, ''));

test('the figures, the histogram beside its table, and each figure leads to the people', async () => {
  const overview = await stage.ask('GET', '/overview');
  const [site] = overview.sites;
  const { page, blameless } = await stage.signedIn('the-admin', { at: `/?site=${site.site}` });
  const table = page.getByRole('table', { name: 'How long people with a seat have been idle' });
  await table.waitFor();
  await page.locator('.recharts-bar-rectangle').first().waitFor();
  const people = await table.locator('td[data-head="People"]').allTextContents();
  assert.deepEqual(people.map(number), [...site.idle.bands.map((band) => band.accounts), site.idle.never, site.idle.unknown]);
  await assertAccessible(page);
  await picture(page, 'overview-site');

  const never = table.getByRole('row', { name: /never active/ }).getByRole('link');
  const expected = number(await never.textContent());
  const criterion = new URL(await never.evaluate((link) => link.href)).searchParams.get('criterion');
  const found = await stage.ask('GET', `/sites/${site.site}/accounts?limit=1&criterion=${encodeURIComponent(criterion)}`);
  assert.equal(found.total, expected, 'the list that the figure leads to has as many');
  await never.click();
  await page.waitForURL(/\/users\?/);
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  blameless();
});

test('runs lead to runs, policies to policies; narrow and dark', async () => {
  const { page, blameless } = await stage.signedIn('the-viewer', { at: '/', theme: 'dark', width: 400 });
  await page.getByRole('table', { name: 'Next runs' }).getByRole('link').first().waitFor();
  await page.getByRole('table', { name: 'Last runs' }).getByRole('link').first().waitFor();
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(excess <= 0, `${excess} px wider than the window`);
  await assertAccessible(page);
  await picture(page, 'overview-narrow');
  await page.getByRole('table', { name: 'Last runs' }).getByRole('link').first().click();
  await page.waitForURL(/\/runs\//);
  blameless();
});

test('a warning says what to do; without an answer the page says so and tries again', async () => {
  const { page, context, blameless, expectStatus } = await stage.signedIn('the-admin');
  await context.route('**/api/v1/overview', async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body.warnings = [{ kind: 'old-snapshot', site: body.sites[0].site, run: null, message: 'the newest snapshot of site <b>wiki</b> is 9 days old' }];
    await route.fulfill({ response: answer, json: body });
  });
  await page.goto('/');
  await page.getByText('1 thing to look at').waitFor();
  await page.getByText('<b>wiki</b>').waitFor();
  await page.getByRole('link', { name: 'Read the site' }).waitFor();
  await assertAccessible(page);
  await context.unroute('**/api/v1/overview');

  let isDown = true;
  expectStatus(500, '/api/v1/overview');
  await context.route('**/api/v1/overview', (route) =>
    isDown ? route.fulfill({ status: 500, contentType: 'application/problem+json', headers: { 'x-request-id': 'r-17' }, body: JSON.stringify({ type: 'about:blank', title: 'Something went wrong inside', status: 500, detail: 'the database is locked', code: 'internal', errors: [] }) }) : route.continue(),
  );
  await page.reload();
  await page.getByText('The overview could not be shown').waitFor();
  await page.getByText('r-17').waitFor();
  await assertAccessible(page);
  isDown = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Seats used').first().waitFor();
  blameless();
});
