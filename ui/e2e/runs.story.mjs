import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { assertAccessible, picture } from './harness/browser.mjs';
import { startServe } from './harness/rollcall.mjs';
import { answersAfter } from './harness/simulated-site.mjs';
import { connected, test, waited } from './harness/stage.mjs';

// The site lives in a process of its own, so that the service can be killed while a run is under way and the site is still there.
const stage = connected({ site: { accounts: 400, seed: 3, version: '10.2' } });

/** So late are the answers of the site, in milliseconds, where a run is to be looked at while it goes on. */
const SLOW = 1000;

/** A plan made by hand. */
async function planned(criterion, mode, actions = ['disable']) {
  const { job } = await stage.ask('POST', '/plans', { kind: 'selection', site: 'wiki', criterion, actions, mode, limits: { percent: 100, 'minimum-idle': '0d', failures: 1000 } });
  // The site is read anew where a run changed it meanwhile.
  const over = await waited(() => stage.ask('GET', `/jobs/${job.id}`), (now) => now.finishedAt, 180_000);
  assert.equal(over.state, 'done', JSON.stringify(over));
  const [plan] = over.result.plans;
  const { accounts } = await stage.ask('GET', `/plans/${plan}`);
  assert.ok(accounts > 10, `only ${accounts} accounts are changed`);
  return plan;
}

/** Its run, as soon as there is one. */
async function begun(plan) {
  await stage.ask('POST', `/plans/${plan}/runs`, {});
  return (await waited(() => stage.ask('GET', `/plans/${plan}`), (now) => now.run)).run;
}

const standing = (run) => stage.ask('GET', `/runs/${run}`);
const isOver = (run) => waited(() => standing(run), (now) => now.isOver, 180_000);

const open = (as, options) => stage.signedIn(as, options);

const dialog = (page) => page.getByRole('dialog');
const items = (page) => page.getByRole('table', { name: 'Items' });
const button = (page, name) => page.getByRole('button', { name, exact: true });

test('without runs the list says what to do', async () => {
  const { page, blameless } = await open('the-viewer');
  await page.goto('/runs');
  await page.getByText('Nothing ran yet').waitFor();
  await assertAccessible(page);
  blameless();
});

test('a live run is followed; the service is killed and comes back, and the page goes on without loss', async () => {
  const { page, blameless, expectCut, expectStatus } = await open('the-operator');
  const plan = await planned('status = enabled AND idle >= 150d', 'live');
  await answersAfter(stage.site, SLOW);
  const run = await begun(plan);
  await page.goto(`/runs/${run}`);
  await page.getByText('Live', { exact: true }).waitFor();
  await items(page).getByText('done', { exact: true }).first().waitFor();
  await picture(page, 'run-live');
  assert.equal((await standing(run)).isOver, false);

  expectCut();
  expectStatus(502, '/api/');
  const port = new URL(stage.rollcall.url).port;
  stage.rollcall.kill();
  await page.getByText('The connection to Rollcall was cut off.').waitFor();
  // What was shown stays shown.
  assert.ok((await items(page).getByRole('row').count()) > 3);
  await assertAccessible(page);
  await picture(page, 'run-cut-off');
  await answersAfter(stage.site, 0);
  stage.rollcall = await startServe({ data: stage.folder.data, port });
  await page.getByText('The connection to Rollcall was cut off.').waitFor({ state: 'detached', timeout: 60_000 });
  const over = await isOver(run);
  await page.getByText(`The run is ${over.state}.`).waitFor({ state: 'attached', timeout: 60_000 });
  assert.equal(over.state, 'done', JSON.stringify(over));
  const total = Object.values(over.counts).reduce((sum, count) => sum + count, 0);
  await page.getByRole('list', { name: 'Items by outcome' }).getByText(String(over.counts.done)).waitFor();
  await page.getByText(`${total} items`, { exact: true }).waitFor();
  // Nothing is left that the page takes for unfinished.
  assert.equal(await items(page).getByText('pending', { exact: true }).count(), 0);
  await picture(page, 'run-over');

  // One account of it, with what the audit log has.
  await page.getByLabel('Outcome', { exact: true }).selectOption('done');
  await page.waitForURL(/outcome=done/);
  await items(page).getByText('failed', { exact: true }).first().waitFor({ state: 'detached' });
  // Of what was under way when the service was killed it is not known what was sent, only what became of it.
  const told = (await stage.ask('GET', `/runs/${run}/items?outcome=done&limit=500`)).items.find(({ requests }) => requests.length > 0);
  await page.getByLabel('Search by name, address or change').fill(told.account);
  await page.waitForURL(/search=/);
  await items(page).getByRole('button', { name: /^Disable/ }).first().click();
  await dialog(page).getByText('Intent').first().waitFor();
  await dialog(page).getByText('The change was made, and was seen to be so afterwards.').first().waitFor();
  const sent = dialog(page).getByRole('list', { name: /^Requests of change/ }).first();
  await sent.getByText(/^PUT .*\/disable$/).waitFor();
  await sent.getByText('Answered 204').waitFor();
  await page.waitForURL(/account=/);
  await assertAccessible(page);
  await picture(page, 'run-item');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });

  // Search and outcome stand in the address.
  await page.getByLabel('Search by name, address or change').fill('no such person');
  await page.getByText('No item fits').waitFor();
  await page.waitForURL(/search=/);
  await button(page, 'Show all items').click();
  await items(page).waitFor();

  await page.getByRole('tab', { name: 'What happened' }).click();
  await page.getByText('Made from the plan').waitFor();
  await page.getByText('every item has its outcome').waitFor();
  await assertAccessible(page);
  await page.getByRole('tab', { name: 'Mails' }).click();
  await page.getByText('No mail about this run').waitFor();

  for (const [name, begin] of [
    ['CSV', 'run,'],
    ['Excel (XLSX)', 'PK'],
  ]) {
    await button(page, 'Download the report').or(button(page, 'Download')).first().click();
    const waiting = page.waitForEvent('download');
    await page.getByRole('menuitem', { name }).click();
    const file = await readFile(await (await waiting).path());
    assert.ok(file.length > 200, name);
    if (begin === 'PK') assert.equal(file.subarray(0, 2).toString(), begin);
    else assert.equal(file.toString().trim().split('\n').length, total + 1);
  }
  blameless();
});

test('a run is stopped with a reason, and goes on', async () => {
  const { page, blameless } = await open('the-operator');
  const plan = await planned('status = enabled AND idle >= 60d', 'live');
  await answersAfter(stage.site, 3 * SLOW);
  const run = await begun(plan);
  await page.goto(`/runs/${run}`);
  await button(page, 'Stop').click();
  await dialog(page).getByRole('button', { name: 'Stop the run' }).click();
  await dialog(page).getByText('Say why.').waitFor();
  await assertAccessible(page);
  await dialog(page).getByLabel('Why').fill('the wiki is being upgraded');
  await dialog(page).getByRole('button', { name: 'Stop the run' }).click();
  await page.getByText('The run was stopped').waitFor({ timeout: 60_000 });
  await page.getByText('the wiki is being upgraded').first().waitFor();
  await assertAccessible(page);
  await picture(page, 'run-stopped');
  assert.equal((await standing(run)).state, 'stopped');

  await answersAfter(stage.site, 0);
  await button(page, 'Go on').click();
  await dialog(page).getByRole('button', { name: 'Go on' }).click();
  await waited(() => standing(run), (now) => now.state === 'done', 180_000);
  await page.getByText('The run is done.').waitFor({ state: 'attached', timeout: 60_000 });
  blameless();
});

test('the list is filtered by what stands in the address; a viewer changes nothing; dark and narrow', async () => {
  const { page, blameless, expectStatus } = await open('the-viewer', { theme: 'dark', width: 400 });
  await page.goto('/runs?mode=live');
  await page.getByRole('table', { name: 'Runs' }).getByRole('link').first().waitFor();
  await assertAccessible(page);
  await picture(page, 'runs-dark-400');
  await page.getByLabel('State', { exact: true }).selectOption('failed');
  await page.waitForURL(/state=failed/);
  await page.getByText('No run fits').waitFor();
  await button(page, 'Show all runs').click();
  await page.getByRole('table', { name: 'Runs' }).getByRole('link').first().click();
  await items(page).waitFor();
  for (const name of ['Stop', 'Go on', 'Undo…']) assert.equal(await button(page, name).count(), 0);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(excess <= 0, `${excess} px too wide`);
  await assertAccessible(page);
  await picture(page, 'run-dark-400');
  expectStatus(404, '/api/v1/runs/');
  await page.goto('/runs/01a215c9-0000-7000-8000-000000000000');
  await page.getByText('The run cannot be found').waitFor();
  await assertAccessible(page);
  blameless();
});
