// The whole job, as an administrator does it, from the link that the program prints to the verified audit log. After each step the
// simulated site itself is asked what became of its accounts.
import assert from 'node:assert/strict';
import { assertAccessible, picture } from './harness/browser.mjs';
import { answersAfter, differences, idleFor, peopleAt, writesAt } from './harness/simulated-site.mjs';
import { PASSWORD, fresh, test, waited } from './harness/stage.mjs';

const stage = fresh({ site: { accounts: 300, seed: 11, version: '10.2' } });

const BULK = 'status = enabled AND seat = true AND idle >= 200d';
const POLICY = 'status = enabled AND seat = true AND idle >= 90d';

/** The windows of the two people. */
let mira;
let grace;
/** The site as it was before Rollcall knew it. */
let untouched;
/** Whom the live run disabled. */
let disabled;
let broken;

/** The stations follow one another: behind one that failed, nothing is as the next expects it. */
const station = (name, walk) =>
  test(name, async (t) => {
    if (broken !== undefined) return t.skip(`“${broken}” failed`);
    broken = name;
    try {
      await walk(t);
      broken = undefined;
    } finally {
      if (broken !== undefined && mira) await picture(mira.page, 'job-failed');
    }
  });

const dialog = (page) => page.getByRole('dialog');
const button = (page, name) => page.getByRole('button', { name, exact: true });
const who = (page) => page.getByLabel('Who', { exact: true });
const figure = (page, name) => page.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]');
const numberOf = async (place) => Number((await place.textContent()).replaceAll(/[^\d]/g, ''));
const names = (people) => people.map(({ username }) => username).sort();

/** Asked with the session of whoever is signed in there. */
async function asked(page, path) {
  const answer = await page.request.get(`/api/v1${path}`);
  assert.ok(answer.ok(), `${path}: ${answer.status()}`);
  return answer.json();
}

async function allOf(page, path) {
  const items = [];
  for (let cursor = ''; ; ) {
    const answer = await asked(page, `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor && `&cursor=${cursor}`}`);
    items.push(...answer.items);
    if (!answer.next) return items;
    cursor = answer.next;
  }
}

/** The site is as it was, except that these are disabled, and need no seat any more. */
async function assertDisabled(people) {
  const now = await peopleAt(stage.site);
  assert.deepEqual(
    differences(untouched, now).sort(),
    people.flatMap(({ username }) => [`${username}.status: "enabled" → "disabled"`, `${username}.seat: true → false`]).sort(),
  );
}

/** What the page of a run counts, what its list holds and what the API says are one; names by outcome. */
async function assertCounts(page, run) {
  const { counts } = await asked(page, `/runs/${run}`);
  const shown = page.getByRole('list', { name: 'Items by outcome' }).getByRole('listitem');
  const found = Object.fromEntries((await shown.allTextContents()).map((text) => text.trim().match(/^([\d,]+) (.+)$/).slice(1).reverse()));
  const wanted = Object.entries(counts).filter(([, count]) => count > 0);
  assert.deepEqual(Object.values(found).map((text) => Number(text.replaceAll(',', ''))).sort(), wanted.map(([, count]) => count).sort());
  const items = await allOf(page, `/runs/${run}/items`);
  for (const [outcome, count] of wanted) assert.equal(items.filter((item) => item.outcome === outcome).length, count, outcome);
  return (outcome) => items.filter((item) => item.outcome === outcome).map(({ account }) => account).sort();
}

station('the printed link makes the first admin', async () => {
  mira = await stage.window();
  const { page } = mira;
  mira.expectStatus(401, '/api/v1/session');
  const link = new URL(await stage.rollcall.setupLink());
  await page.goto(link.pathname + link.hash);
  await page.getByRole('heading', { level: 1, name: 'The first admin' }).waitFor();
  await assertAccessible(page);
  await page.getByLabel('Name to sign in with').fill('mira');
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByLabel(/^The same again/).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByText('No site is connected yet').waitFor();
  assert.deepEqual((await asked(page, '/session')).operator.role, 'admin');
});

station('the wizard connects the site and reads it: as many accounts, groups and seats as the site has', async () => {
  const { page } = mira;
  untouched = await peopleAt(stage.site);
  await page.getByRole('button', { name: 'Connect a site' }).first().click();
  await page.getByLabel('Name').fill('wiki');
  await page.getByLabel('Address').fill(stage.site.url);
  await page.keyboard.press('Enter');
  await page.locator('input[type="password"]').fill(stage.site.token);
  await button(page, 'Test the connection').click();
  await page.getByText('The site answers: Confluence Data Center 10.2').waitFor();
  await assertAccessible(page);
  await page.getByLabel('The servers record every login').check();
  await button(page, 'Connect').click();
  await page.getByText('wiki was read').waitFor({ timeout: 60_000 });
  await page.getByText(`The new snapshot shows ${untouched.size} accounts.`).waitFor();
  await assertAccessible(page);
  await picture(page, 'job-1-read');
  assert.deepEqual(await writesAt(stage.site), [], 'reading wrote to the site');
  await page.goto('/?site=wiki');
  await figure(page, 'Seats used').waitFor();
  assert.equal(await numberOf(figure(page, 'Seats used')), [...untouched.values()].filter(({ seat }) => seat).length);
});

station('the criterion bar finds whom the site itself would name; hostile names are text', async () => {
  const { page } = mira;
  mira.expectStatus(422, '/api/v1/criteria/check');
  const expected = idleFor(untouched, 200);
  await page.goto('/users?site=wiki');
  await page.getByText(`1–50 of ${untouched.size}`).waitFor();
  await who(page).click();
  await page.keyboard.type(BULK);
  await page.keyboard.press('Escape');
  await page.getByRole('status').filter({ hasText: `${expected.length} accounts match` }).waitFor();
  await who(page).press('Enter');
  await page.getByText(new RegExp(`^1–50 of ${expected.length}$`)).waitFor();
  assert.deepEqual(names(await allOf(page, `/sites/wiki/accounts?fields=username&criterion=${encodeURIComponent(BULK)}`)), names(expected));
  await assertAccessible(page);
  await picture(page, 'job-2-found');

  const hostile = ['bold', 'formula', 'leila', 'rtl'];
  const criterion = `username IN (${hostile.map((name) => `"${name}"`).join(', ')})`;
  await page.goto(`/users?${new URLSearchParams({ site: 'wiki', criterion, sort: 'username' })}`);
  await page.getByText('1–4 of 4').waitFor();
  const shown = await page.getByRole('table', { name: 'Users' }).locator('tbody tr td[data-head="Name"] a').allTextContents();
  // What would turn the direction of the words behind it is shown by its number.
  assert.deepEqual(shown, hostile.map((name) => untouched.get(name).displayName.replace('\u202e', 'U+202E')));
  assert.equal(await page.locator('main b, main script, main a[href*="evil"]').count(), 0, 'names are text');
  await page.goto(`/users?${new URLSearchParams({ site: 'wiki', criterion: BULK })}`);
  await page.getByText(new RegExp(`^1–50 of ${expected.length}$`)).waitFor();
});

async function chosen(page) {
  await page.getByLabel('Disable', { exact: true }).check();
  await page.getByLabel('Per cent of all accounts').fill('60');
  await page.getByLabel('Stop after failures').fill('500');
  await button(page, 'Make the plan').click();
  await page.getByRole('table', { name: 'Changes' }).waitFor({ timeout: 60_000 });
}

/** Nobody is lost between the selection and the plan. */
async function assertPlanOf(page, expected) {
  const parts = await Promise.all(['Accounts changed', 'Protected', 'Refused', 'As wanted already'].map((name) => numberOf(figure(page, name))));
  assert.equal(parts.reduce((sum, count) => sum + count), expected.length, `${parts}`);
  return parts[0];
}

station('all of them are disabled in test mode: everything is told, and nothing reaches the site', async () => {
  const { page } = mira;
  const expected = idleFor(untouched, 200);
  await page.getByRole('button', { name: /^Change all/ }).click();
  await chosen(page);
  const changed = await assertPlanOf(page, expected);
  await page.getByRole('tab', { name: /^Refused/ }).click();
  await page.getByRole('table', { name: 'Refused changes' }).getByText('ops/night').first().waitFor();
  await assertAccessible(page);
  await picture(page, 'job-3-plan');
  await button(page, 'Run as a test').click();
  await dialog(page).getByRole('button', { name: 'Run as a test' }).click();
  await page.getByText('The test is over: nothing was changed').waitFor({ timeout: 60_000 });
  await assertAccessible(page);
  const run = new URL(page.url()).searchParams.get('run');
  const outcome = await assertCounts(page, run);
  assert.equal(outcome('done').length, changed);
  await assertDisabled([]);
  assert.deepEqual(await writesAt(stage.site), [], 'a test wrote to the site');
});

station('live, and watched: who is said to be disabled is disabled at the site, and nothing else changed', async () => {
  const { page } = mira;
  await button(page, 'Plan it live').click();
  await button(page, 'Run it…').waitFor();
  const changed = await assertPlanOf(page, idleFor(untouched, 200));
  await button(page, 'Run it…').click();
  await dialog(page).getByText('All of it can be taken back afterwards.').waitFor();
  await assertAccessible(page);
  // A site that takes its time, until the run was seen to go on.
  await answersAfter(stage.site, 1500);
  await dialog(page).getByRole('button', { name: `Change ${changed} accounts` }).click();
  await page.waitForURL(/run=/);
  const run = new URL(page.url()).searchParams.get('run');
  await page.getByRole('link', { name: 'The run has a page of its own' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText(new RegExp(`^[1-9]\\d* of ${changed} items`)).waitFor({ timeout: 60_000 });
  await assertAccessible(page);
  await picture(page, 'job-4-going-on');
  await answersAfter(stage.site, 0);
  await page.getByText('The run is done.').waitFor({ state: 'attached', timeout: 120_000 });
  await page.getByText(`${changed} items`, { exact: true }).waitFor();
  await assertAccessible(page);
  await picture(page, 'job-4-live');
  const outcome = await assertCounts(page, run);
  disabled = outcome('done').map((name) => untouched.get(name));
  const failed = outcome('failed').map((name) => untouched.get(name).directory);
  assert.ok(failed.length > 0 && !failed.includes('Confluence Internal Directory'), 'what failed lives in directories that cannot be changed');
  assert.ok(disabled.length > 20, `${disabled.length}`);
  await assertDisabled(disabled);
  const writes = await writesAt(stage.site);
  assert.equal(writes.filter(({ effect }) => effect).length, disabled.length, 'one change for each');

  // One of them, with what the audit log has.
  await page.getByRole('table', { name: 'Items' }).getByRole('button', { name: /^Disable/ }).first().click();
  await dialog(page).getByText('Intent').first().waitFor();
  await assertAccessible(page);
  await page.keyboard.press('Escape');
});

station('undo: planned, looked at, run; the site is as it was', async () => {
  const { page } = mira;
  await button(page, 'Undo…').click();
  await dialog(page).getByRole('button', { name: 'Make the plan' }).click();
  await page.waitForURL(/\/plans\//, { timeout: 60_000 });
  await page.getByRole('heading', { level: 1, name: 'Undo of a run' }).waitFor();
  assert.equal(await numberOf(figure(page, 'Accounts changed')), disabled.length);
  await assertDisabled(disabled);
  await button(page, 'Run it…').click();
  await dialog(page).getByRole('button', { name: `Change ${disabled.length} accounts` }).click();
  await page.waitForURL(/\/runs\//, { timeout: 60_000 });
  await page.getByText('The run is done.').waitFor({ state: 'attached', timeout: 120_000 });
  await assertAccessible(page);
  await picture(page, 'job-5-undone');
  const outcome = await assertCounts(page, new URL(page.url()).pathname.split('/').at(-1));
  assert.deepEqual(outcome('done'), names(disabled));
  await assertDisabled([]);
  // What is known of the site is older than the undo, until it is read again.
  await page.goto('/?site=wiki');
  await page.getByRole('link', { name: 'read wiki again' }).waitFor();
  await page.goto(`/users?${new URLSearchParams({ site: 'wiki', criterion: BULK })}`);
  const stale = page.getByText('Accounts were changed after the site was read');
  await stale.waitFor();
  await page.getByText(`${disabled.length} changes in 1 run: Undo of a run`).waitFor();
  await assertAccessible(page);
  await picture(page, 'job-5-stale');
  await button(page, 'Read the site again').click();
  await page.getByText('wiki was read').waitFor({ timeout: 60_000 });
  await stale.waitFor({ state: 'detached' });
  await page.getByText(new RegExp(`^1–50 of ${idleFor(untouched, 200).length}$`)).waitFor();
});

station('a policy with a schedule is written in four steps, paused until it is tested, and switched live', async () => {
  const { page } = mira;
  mira.expectStatus(422, '/api/v1/');
  await page.goto('/policies');
  await page.getByRole('link', { name: 'New policy' }).click();
  await page.getByLabel('Name', { exact: false }).first().fill('reclaim-seats');
  await page.getByLabel('What it is for').fill('Seats of people idle for a quarter');
  await page.getByLabel('It runs by itself').selectOption('pattern');
  await page.getByLabel('Cron pattern').fill('* * * * *');
  await page.getByText(/^Every minute/).waitFor();
  assert.equal(await page.getByRole('list', { name: 'Next occurrences' }).getByRole('listitem').count(), 5);
  await button(page, 'Next: Who').click();
  await page.getByLabel('wiki', { exact: true }).uncheck();
  await page.getByRole('combobox', { name: /^Criterion/ }).or(page.getByLabel(/^Criterion/)).first().fill(POLICY);
  await page.getByText('Counted once a site is chosen.').waitFor();
  await page.getByLabel('wiki', { exact: true }).check();
  await page.getByText(`${idleFor(untouched, 90).length} accounts match`).first().waitFor();
  await button(page, 'Next: What').click();
  await button(page, 'Add an action').click();
  await page.getByRole('menuitem', { name: /^Disable/ }).click();
  await page.getByLabel('Per cent of all accounts of the site').fill('60');
  await page.getByLabel('Failures after which the run stops').fill('500');
  await page.getByText('Somebody must agree before it is run').click();
  assert.equal(await page.getByLabel('Not the person who asked for the run').isChecked(), true);
  await button(page, 'Next: Report').click();
  await page.getByLabel('To these addresses').fill('it-ops@example.org');
  await page.keyboard.press('Enter');
  await assertAccessible(page);
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'reclaim-seats' }).waitFor();
  await page.getByText('Switched off: nothing runs by itself').waitFor();

  await button(page, 'Pause…').click();
  await dialog(page).getByLabel('Why').fill('until it is tested');
  await dialog(page).getByRole('button', { name: 'Pause' }).click();
  await page.getByText('until it is tested').waitFor();
  await button(page, 'Switch on in test mode').click();
  await button(page, 'Test run').click();
  await dialog(page).getByRole('button', { name: 'Test run' }).click();
  await dialog(page).getByRole('link', { name: 'The run, item by item' }).waitFor({ timeout: 60_000 });
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await button(page, 'Switch live…').click();
  await dialog(page).getByText(/^wiki: \d+ accounts?/).waitFor();
  await dialog(page).getByRole('button', { name: 'Switch live' }).click();
  await page.getByText('Live: its runs change accounts').waitFor();
  await assertAccessible(page);
  await picture(page, 'job-6-policy');
  await assertDisabled([]);
});

station('the schedule makes a plan; a second person, made in Settings, approves it; it runs by itself', async () => {
  const { page } = mira;
  await button(page, 'Let the schedule go on').click();
  await button(page, 'Pause…').waitFor();

  await page.goto('/settings/operators');
  await button(page, 'Add an operator').click();
  await dialog(page).getByLabel('Name to sign in with').fill('grace');
  await dialog(page).getByLabel('Called').fill('Grace <i>Hopper</i>');
  await dialog(page).getByLabel('Password').fill(PASSWORD);
  await dialog(page).getByRole('radio', { name: /^approver/ }).check();
  await dialog(page).getByRole('button', { name: 'Add' }).click();
  await dialog(page).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Grace <i>Hopper</i>' }).waitFor();

  grace = await stage.window({ theme: 'dark' });
  grace.expectStatus(401, '/api/v1/session');
  const second = grace.page;
  await second.goto('/plans');
  await second.getByLabel('Name').fill('grace');
  await second.getByLabel('Password').fill(PASSWORD);
  await button(second, 'Sign in').click();
  await second.getByRole('heading', { level: 1, name: 'Plans' }).waitFor();

  // Within a minute it is due.
  const awaiting = () => asked(second, '/plans?policy=reclaim-seats&state=awaiting');
  const plan = (await waited(awaiting, ({ items }) => items.length > 0, 100_000)).items.at(-1);
  await page.goto('/policies/reclaim-seats');
  await button(page, 'Pause…').click();
  await dialog(page).getByLabel('Why').fill('once is enough today');
  await dialog(page).getByRole('button', { name: 'Pause' }).click();
  await page.getByText('once is enough today').waitFor();

  await second.goto('/plans?policy=reclaim-seats');
  await second.getByRole('table', { name: 'Plans awaiting approval' }).getByRole('link', { name: 'reclaim-seats' }).first().waitFor();
  await assertAccessible(second);
  await second.goto(`/plans/${plan.id}`);
  await second.getByText('Awaits approval by a second person').waitFor();
  const changed = await assertPlanOf(second, idleFor(untouched, 90));
  await second.getByRole('tab', { name: /^Protected/ }).click();
  // Whom the undo enabled again is left alone for a while.
  await second.getByRole('table', { name: 'Protected accounts' }).getByText('Enabled again lately').first().waitFor();
  await assertDisabled([]);
  await button(second, 'Approve').click();
  await dialog(second).getByLabel('Comment').fill('looked at each of them');
  await assertAccessible(second);
  await dialog(second).getByRole('button', { name: 'Approve' }).click();
  await second.getByText('looked at each of them').waitFor();
  await picture(second, 'job-7-approved');

  const { run } = await waited(() => asked(second, `/plans/${plan.id}`), (now) => now.run);
  await second.goto(`/runs/${run}`);
  await second.getByText('The run is done.').waitFor({ state: 'attached', timeout: 120_000 });
  await second.getByText(`${changed} items`, { exact: true }).waitFor();
  await assertAccessible(second);
  await picture(second, 'job-8-scheduled');
  const outcome = await assertCounts(second, run);
  const now = outcome('done').map((name) => untouched.get(name));
  assert.ok(now.length > 0);
  assert.deepEqual(now.filter((one) => disabled.includes(one)), [], 'nobody of the first run');
  await assertDisabled(now);
  disabled = [...disabled, ...now];
});

station('the audit log tells all of it, and is whole', async () => {
  const { page } = mira;
  await page.goto('/audit');
  await button(page, 'Verify').click();
  await dialog(page).getByRole('button', { name: 'Verify' }).click();
  await dialog(page).getByText('The log is whole').waitFor();
  await assertAccessible(page);
  await picture(page, 'job-9-verified');
  const entries = await allOf(page, '/audit');
  const { seq } = await asked(page, '/audit/head');
  assert.deepEqual(entries.map((entry) => entry.seq).sort((a, b) => a - b), Array.from({ length: seq }, (_, at) => at + 1), 'no number is missing');
  const approved = entries.find(({ kind }) => kind === 'plan.approved');
  assert.equal(approved.actor, 'grace');
  // Each change that the site took is in it, and nothing that it did not take.
  const live = (await allOf(page, '/runs?mode=live')).map(({ id }) => id);
  assert.equal(live.length, 3, 'by hand, its undo, by the schedule');
  const done = entries.filter(({ kind, subject, details }) => kind === 'run.item.outcome' && live.includes(subject.run) && details.outcome === 'done');
  const writes = await writesAt(stage.site);
  assert.equal(done.length, writes.filter(({ effect }) => effect).length);
  mira.blameless();
  grace.blameless();
});
