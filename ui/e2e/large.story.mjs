// A site of a hundred thousand accounts: whatever is done with it, the pages ask little, show little at a time, and never stand still.
import assert from 'node:assert/strict';
import { assertAccessible, picture } from './harness/browser.mjs';
import { measuring } from './harness/measured.mjs';
import { connected, test, waited } from './harness/stage.mjs';

const ACCOUNTS = 100_000;
const SEATS = 'status = enabled AND seat = true';
/** Some pages full. */
const SOME = 'status = enabled AND seat = true AND idle >= 600d AND username ~ "al"';

let window;
let page;
let during;
/** The plan that one test leaves to the next. */
let plan;

const stage = connected({
  site: { accounts: ACCOUNTS, seed: 5, version: '10.2' },
  also: async ({ signedIn }) => {
    window = await signedIn('the-operator');
    ({ page } = window);
    window.expectStatus(422, '/api/v1/criteria/check');
    during = await measuring(page);
    await page.goto('/tokens');
    await page.getByRole('heading', { level: 1 }).waitFor();
  },
});

const whole = (count) => count.toLocaleString('en');
const button = (name) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const table = (name) => page.getByRole('table', { name });
const namesIn = (name) => table(name).locator('tbody tr td[data-head="Name"] a, tbody tr td[data-head="Account"] a').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
const at = (first, total) => page.getByText(new RegExp(`^${whole(first)}–[\\d,]+ of ${whole(total)}$`)).waitFor();
const figure = async (name) => Number((await page.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]').textContent()).replaceAll(/[^\d]/g, ''));
const countOf = async (criterion) => (await stage.ask('GET', `/sites/wiki/accounts?limit=1&criterion=${encodeURIComponent(criterion)}`)).total;

/** To the end of a list by its button; nobody is left out, nobody comes twice. */
async function toTheLast(t, { name, total, pageSize = 50 }) {
  const seen = new Set(await namesIn(name));
  for (let first = pageSize + 1; first <= total; first += pageSize) {
    await during(t, `${name}, from ${first} on`, { requests: 2 }, async () => {
      await button('Next').click();
      await at(first, total);
    });
    for (const one of await namesIn(name)) {
      assert.ok(!seen.has(one), `${one} comes twice`);
      seen.add(one);
    }
  }
  assert.equal(seen.size, total);
  assert.equal(await button('Next').isDisabled(), true);
}

test('the list opens, is filtered and sorted', async (t) => {
  const all = await countOf('all');
  assert.ok(all > 0.99 * ACCOUNTS, `${all}`);
  await during(t, 'the list opens', { requests: 8 }, async () => {
    await page.getByRole('link', { name: 'Users', exact: true }).first().click();
    await at(1, all);
  });
  await assertAccessible(page);
  const seats = await countOf(SEATS);
  const who = page.getByLabel('Who', { exact: true });
  // Letter by letter: proposals and counts are asked for when somebody pauses, and never for each letter.
  await during(t, 'a criterion is typed', { requests: 2 * SEATS.length }, async () => {
    await who.click();
    await page.keyboard.type(SEATS, { delay: 20 });
    await page.getByText(`${whole(seats)} accounts match`).waitFor();
  });
  await during(t, 'the criterion is applied', { requests: 4 }, async () => {
    await who.press('Escape');
    await who.press('Enter');
    await at(1, seats);
  });
  for (const sort of ['idle', '-idle', 'name', '-name']) {
    const { items } = await stage.ask('GET', `/sites/wiki/accounts?limit=50&fields=username&sort=${sort}&criterion=${encodeURIComponent(SEATS)}`);
    const expected = JSON.stringify(items.map(({ key }) => `/users/wiki/${encodeURIComponent(key)}`));
    await during(t, `sorted by ${sort}`, { requests: 2 }, async () => {
      await table('Users').getByRole('button', { name: sort.endsWith('idle') ? 'Idle' : 'Name' }).click();
      await page.waitForURL(new RegExp(`sort=${sort}(&|$)`));
      await waited(() => namesIn('Users'), (now) => JSON.stringify(now) === expected);
    });
  }
  await picture(page, 'large-list');
});

test('pages are turned to the last, and back', async (t) => {
  const total = await countOf(SOME);
  assert.ok(total > 300 && total < 1_500, `${total}`);
  await page.goto(`/users?${new URLSearchParams({ site: 'wiki', criterion: SOME, sort: 'username' })}`);
  await at(1, total);
  await toTheLast(t, { name: 'Users', total });
  await during(t, 'back by one', { requests: 2 }, async () => {
    await button('Previous').click();
    await at(total - (total % 50 || 50) - 49, total);
  });
  await page.getByLabel('Find among them').fill('example.org');
  await page.waitForURL(/search=/);
  await page.getByText(/^1–\d+ of \d+$/).waitFor();
});

test('all that match are chosen and planned; the plan is looked through', async (t) => {
  const seats = await countOf(SEATS);
  await page.goto(`/users?${new URLSearchParams({ site: 'wiki', criterion: SEATS })}`);
  await at(1, seats);
  await during(t, 'all are chosen', { requests: 0 }, async () => {
    await page.getByLabel('All on this page').check();
    await button(`Select all ${whole(seats)}`).click();
    await page.getByText(`All ${whole(seats)} are selected.`).waitFor();
  });
  await during(t, 'what to do with them', { requests: 8 }, async () => {
    await button(`Change ${whole(seats)} users…`).click();
    await page.getByLabel('Disable', { exact: true }).check();
  });
  await page.getByLabel('Per cent of all accounts').fill('100');
  await page.getByLabel('Nobody active more recently than').fill('0d');
  await during(t, 'the plan is made', { requests: (passed) => 8 + passed / 500 }, async () => {
    await button('Make the plan').click();
    await table('Changes').waitFor({ timeout: 120_000 });
  });
  const changed = await figure('Accounts changed');
  assert.ok(changed > 60_000, `${changed}`);
  const [safe, refused, already] = [await figure('Protected'), await figure('Refused'), await figure('As wanted already')];
  assert.equal(changed + safe + refused + already, seats);

  plan = new URL(page.url()).searchParams.get('plan');
  await during(t, 'the page of the plan', { requests: 6 }, async () => {
    await page.getByRole('link', { name: 'The plan has a page of its own' }).click();
    await at(1, changed);
  });
  await assertAccessible(page);
  for (const [tab, name, total] of [
    ['Protected', 'Protected accounts', safe],
    ['Refused', 'Refused changes', refused],
    ['Changes', 'Changes', changed],
  ]) {
    await during(t, `the tab ${tab}`, { requests: 2 }, async () => {
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
      await table(name).waitFor();
      await at(1, total);
    });
  }
  for (const first of [51, 101, 151]) {
    await during(t, `changes, from ${first} on`, { requests: 2 }, async () => {
      await button('Next').click();
      await at(first, changed);
    });
  }
  await during(t, 'changes are searched', { requests: 3 }, async () => {
    const answered = page.waitForResponse(/search=smithjones/);
    await page.getByLabel('Search by name, address or change').fill('smithjones');
    await answered;
    await page.locator('table[aria-label="Changes"][aria-busy="false"]').waitFor();
    await table('Changes').getByText('smithjones').first().waitFor();
  });
  await picture(page, 'large-plan');
});

/** While tens of thousands of items pass, lists are asked for again now and then, and no more often than that. */
const whileItGoesOn = (own) => (passed) => own + passed / 500;

test('it is run as a test, followed, stopped, and looked through', async (t) => {
  await page.goto(`/plans/${plan}`);
  const { items } = await stage.ask('GET', `/plans/${plan}`);
  await button('Run as a test').click();
  await dialog().getByRole('button', { name: 'Run as a test' }).click();
  await page.waitForURL(/\/runs\//);
  const run = new URL(page.url()).pathname.split('/').at(-1);
  await page.getByText('Live', { exact: true }).waitFor();
  await during(t, 'followed for some thousands', { requests: whileItGoesOn(8) }, async () => {
    await page.getByText(new RegExp(`^([5-9],\\d{3}|\\d{2},\\d{3}) of ${whole(items)} items`)).waitFor({ timeout: 120_000 });
  });
  await during(t, 'a page is turned while it goes on', { requests: whileItGoesOn(2) }, async () => {
    await button('Next').click();
    await page.getByText(/^51–/).waitFor();
  });
  await button('Stop').click();
  await dialog().getByLabel('Why').fill('seen enough');
  await dialog().getByRole('button', { name: 'Stop the run' }).click();
  await page.getByText('The run was stopped').waitFor();
  await during(t, 'by outcome', { requests: 2 }, async () => {
    const answered = page.waitForResponse(/outcome=done/);
    await page.getByLabel('Outcome', { exact: true }).selectOption('done');
    await answered;
  });
  for (const first of [51, 101, 151]) {
    await during(t, `items, from ${first} on`, { requests: 2 }, async () => {
      await button('Next').click();
      await page.getByText(new RegExp(`^${first}–`)).waitFor();
    });
  }
  await during(t, 'items are searched', { requests: 3 }, async () => {
    const answered = page.waitForResponse(/search=smith/);
    await page.getByLabel('Search by name, address or change').fill('smith');
    await answered;
    await table('Items').getByText('smith').first().waitFor();
  });
  await assertAccessible(page);
  await picture(page, 'large-run');

  await during(t, 'what happened', { requests: 8 }, async () => {
    await page.getByRole('tab', { name: 'What happened' }).click();
    await page.getByRole('tabpanel').getByText('seen enough').first().waitFor();
  });
  const { state, counts } = await stage.ask('GET', `/runs/${run}`);
  assert.equal(state, 'stopped');
  assert.ok(counts.done >= 5_000);
  assert.equal(Object.values(counts).reduce((sum, count) => sum + count), items);
  await during(t, 'the overview', { requests: 8 }, async () => {
    await page.getByRole('link', { name: 'Overview', exact: true }).first().click();
    await page.getByText('Seats used').first().waitFor();
  });
  window.blameless();
});
