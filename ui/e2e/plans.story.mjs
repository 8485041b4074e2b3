import assert from 'node:assert/strict';
import { assertAccessible, picture } from './harness/browser.mjs';
import { demo, test } from './harness/stage.mjs';

const stage = demo();

const open = (as, options) => stage.signedIn(as, { at: '/plans', ...options });

/** Makes a plan as an operator would by hand, in the browser's session of whoever is signed in. */
const planned = (page, body) =>
  page.evaluate(async (wanted) => {
    const response = await fetch('/api/v1/plans', { method: 'POST', headers: { 'content-type': 'application/json', prefer: 'wait=30', 'idempotency-key': crypto.randomUUID() }, body: JSON.stringify(wanted) });
    const { job } = await response.json();
    if (!job?.result) throw new Error(`${response.status} ${JSON.stringify(job)}`);
    return job.result.plans[0];
  }, body);

const selection = (criterion, actions, mode, limits = { percent: 100, 'minimum-idle': '0d' }) => ({ kind: 'selection', site: 'docs', criterion, actions, mode, limits });

const dialog = (page) => page.getByRole('dialog');
const title = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();

/** Switches a policy live, as everybody must: after a test run of that version. */
async function switchLive(name) {
  const state = (wanted) => stage.ask('PUT', `/policies/${name}/state`, { state: wanted }, { 'if-match': '*' });
  await state('test');
  const { jobs } = await stage.ask('POST', `/policies/${name}/runs`, {}, { prefer: 'wait=60' });
  assert.deepEqual(jobs.map((job) => job.state), ['done']);
  await state('live');
}

test('a plan is looked at person by person, run as a test, and leads to its run', async () => {
  const { page, blameless } = await open('the-operator');
  const id = await planned(page, selection('status = enabled AND idle >= 90d', ['disable'], 'test'));
  await page.goto(`/plans/${id}`);
  await title(page, 'By hand');
  const changes = page.getByRole('table', { name: 'Changes' });
  await changes.getByText('enabled').first().waitFor();
  assert.equal(await page.title(), 'Plan of By hand – Rollcall');
  await assertAccessible(page);
  await page.getByRole('tab', { name: /^Refused/ }).click();
  await page.waitForURL(/tab=refused/);
  // A name that no address can carry is refused in the plan, and shown as it is.
  await page.getByText('ops/night').first().waitFor();
  await page.getByRole('tab', { name: /^Protected/ }).click();
  await page.waitForURL(/tab=protected/);
  await assertAccessible(page);

  await page.getByRole('button', { name: 'Run as a test' }).click();
  await dialog(page).getByText('The site is read and never written to.').waitFor();
  await assertAccessible(page);
  await dialog(page).getByRole('button', { name: 'Run as a test' }).click();
  await page.waitForURL(/\/runs\//);
  await page.getByText('The run is done.').waitFor({ state: 'attached' });
  await page.getByRole('table', { name: 'Items' }).getByText('done').first().waitFor();
  await assertAccessible(page);
  blameless();
});

test('deletion is confirmed by typing how many', async () => {
  const { page, blameless } = await open('the-operator');
  const id = await planned(page, selection('status = enabled AND idle >= 300d', ['delete'], 'live'));
  await page.goto(`/plans/${id}`);
  await page.getByText('cannot be taken back: deletion').first().waitFor();
  const { state, irreversible } = await stage.ask('GET', `/plans/${id}`);
  assert.ok(irreversible.deletions > 0);
  assert.equal(state, 'ready');
  await page.getByRole('button', { name: 'Run it…' }).click();
  await dialog(page).getByRole('button', { name: /^Delete \d+ accounts?$/ }).click();
  await dialog(page).getByText(`That is not ${irreversible.deletions}.`).waitFor();
  await picture(page, 'plan-deletion');
  await assertAccessible(page);
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  // Nothing was begun.
  assert.equal((await stage.ask('GET', `/plans/${id}`)).state, 'ready');
  blameless();
});

test('nobody approves their own plan; a second person does, with a comment, and it is run', async () => {
  const policies = (await stage.ask('GET', '/policies')).items;
  const source = policies.find((one) => one.name === 'reclaim-idle-seats');
  const name = 'two-people';
  await stage.ask('POST', '/policies', {
    ...source.policy,
    name,
    sites: ['docs'],
    mode: 'test',
    select: 'status = enabled AND idle >= 200d AND NOT group = "confluence-administrators"',
    actions: ['disable'],
    schedule: undefined,
    approval: { above: 0, 'second-person': true },
    limits: { percent: 100, 'minimum-idle': '0d', growth: '1000x' },
  });
  await switchLive(name);

  const mine = await open('the-approver');
  const id = await planned(mine.page, { kind: 'policy', policy: name, mode: 'live' });
  await mine.page.goto(`/plans?policy=${name}`);
  await mine.page.getByRole('heading', { level: 2, name: 'Awaiting approval' }).waitFor();
  await assertAccessible(mine.page);
  await picture(mine.page, 'plans-awaiting');
  await mine.page.getByRole('table', { name: 'Plans awaiting approval' }).getByRole('link', { name }).click();
  await mine.page.getByText('You made this plan, so somebody else with the role approver decides.').waitFor();
  assert.equal(await mine.page.getByRole('button', { name: 'Approve', exact: true }).count(), 0);
  assert.equal(await mine.page.getByRole('button', { name: 'Run it…' }).count(), 0);
  await picture(mine.page, 'plan-own');
  mine.blameless();

  const theirs = await open('the-admin', { theme: 'dark' });
  const { page } = theirs;
  await page.goto(`/plans/${id}`);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await dialog(page).getByLabel('Comment').fill('looked at each of them');
  await assertAccessible(page);
  await picture(page, 'plan-approve');
  await dialog(page).getByRole('button', { name: 'Approve' }).click();
  await page.getByText('looked at each of them').waitFor();
  await page.getByText('the-admin').first().waitFor();

  // The page of whoever waits learns of it by itself when it comes back to the front.
  await mine.page.reload();
  await mine.page.getByRole('button', { name: 'Run it…' }).click();
  await dialog(mine.page).getByText('All of it can be taken back afterwards.').waitFor();
  await dialog(mine.page).getByRole('button', { name: /^Change \d+ accounts?$/ }).click();
  await mine.page.waitForURL(/\/runs\//);
  await mine.page.getByText('The run is done.').waitFor({ state: 'attached', timeout: 60_000 });
  await picture(mine.page, 'plan-run');

  // Undo: a plan again, which is looked at before anything happens.
  await mine.page.getByRole('button', { name: 'Undo…' }).click();
  await dialog(mine.page).getByRole('button', { name: 'Make the plan' }).click();
  await mine.page.waitForURL(/\/plans\//, { timeout: 60_000 });
  await title(mine.page, 'Undo of a run');
  await mine.page.getByRole('table', { name: 'Changes' }).getByText('Enable').first().waitFor();
  await assertAccessible(mine.page);
  await picture(mine.page, 'plan-undo');
  mine.blameless();
  theirs.blameless();
});

test('a rejected plan says who and why; a plan over a limit says which', async () => {
  const { page, blameless } = await open('the-admin');
  const over = await planned(page, selection('status = enabled', ['disable'], 'live', { percent: 1, 'minimum-idle': '0d' }));
  await page.goto(`/plans/${over}`);
  await page.getByText('Over a limit: it is applied to nobody').waitFor();
  await page.getByRole('img', { name: 'Exceeded:' }).first().waitFor();
  assert.equal(await page.getByRole('button', { name: 'Run it…' }).count(), 0);
  await assertAccessible(page);
  await picture(page, 'plan-over-limit');

  const id = await planned(page, { kind: 'policy', policy: 'two-people', mode: 'live' });
  await page.goto(`/plans/${id}`);
  await page.getByRole('button', { name: 'Reject' }).click();
  await dialog(page).getByRole('button', { name: 'Reject' }).click();
  await dialog(page).getByText('Say why.').waitFor();
  await dialog(page).getByLabel('Why').fill('not before the audit');
  await dialog(page).getByRole('button', { name: 'Reject' }).click();
  await page.getByText('Nothing was changed, and it cannot be run any more.').waitFor();
  await page.getByText('not before the audit').waitFor();
  blameless();
});

test('a viewer sees and decides nothing; what is not there says so; narrow and dark', async () => {
  const { page, blameless, expectStatus } = await open('the-viewer', { theme: 'dark', width: 400 });
  expectStatus(404, '/api/v1/plans/');
  const { items } = await stage.ask('GET', '/plans?limit=1');
  await page.goto(`/plans/${items[0].id}`);
  await page.getByRole('heading', { level: 2, name: 'Limits' }).waitFor();
  for (const name of ['Approve', 'Reject', 'Run it…', 'Run as a test']) assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(excess <= 0, `${excess} px too wide`);
  await assertAccessible(page);
  await picture(page, 'plan-dark-400');
  await page.goto('/plans?state=expired');
  await page.getByText('No plan fits').waitFor();
  await assertAccessible(page);
  await page.goto('/plans/01a215c9-0000-7000-8000-000000000000');
  await page.getByText('The plan cannot be found').waitFor();
  await assertAccessible(page);
  blameless();
});
