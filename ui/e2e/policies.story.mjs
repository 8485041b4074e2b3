import assert from 'node:assert/strict';
import { assertAccessible, picture } from './harness/browser.mjs';
import { PASSWORD, demo, test } from './harness/stage.mjs';

const stage = demo();

async function open(as, options) {
  const opened = await stage.signedIn(as, options);
  // What is not finished yet is a mistake, and the answer says so.
  opened.expectStatus(422, '/api/v1/');
  return opened;
}

const dialog = (page) => page.getByRole('dialog');
const button = (page, name) => page.getByRole('button', { name, exact: true });
const step = (page, name) => page.getByRole('navigation', { name: 'Steps of the policy' }).getByRole('button', { name: new RegExp(`^${name}`) });
const yaml = (page) => page.getByLabel('The policy as YAML');

test('a policy is written in four steps and as YAML, tested, and switched live', async () => {
  const { page, blameless } = await open('the-approver');
  await page.goto('/policies');
  await page.getByRole('table', { name: 'Policies' }).getByRole('link', { name: 'reclaim-idle-seats', exact: true }).waitFor();
  await assertAccessible(page);
  await picture(page, 'policies');
  await page.getByRole('link', { name: 'New policy' }).click();
  await page.getByRole('heading', { level: 1, name: 'New policy' }).waitFor();

  // When
  await page.getByLabel('Name', { exact: false }).first().fill('not a name!');
  await page.getByText('cannot be the name of a policy').waitFor();
  await assertAccessible(page);
  await page.getByLabel('Name', { exact: false }).first().fill('quiet-docs');
  await page.getByLabel('It runs by itself').selectOption('weekly');
  await page.getByText('Every Saturday at 06:00, Pacific/Auckland.').waitFor();
  assert.equal(await page.getByRole('list', { name: 'Next occurrences' }).getByRole('listitem').count(), 5);
  await page.getByText('Sunday', { exact: true }).click();
  await page.getByText(/Sunday.*at 06:00|weekend/i).first().waitFor();
  await assertAccessible(page);
  await picture(page, 'policy-when');

  // Who
  await button(page, 'Next: Who').click();
  await page.getByText('docs', { exact: true }).click();
  await page.getByRole('combobox', { name: /^Criterion/ }).or(page.getByLabel(/^Criterion/)).first().fill('status = enabled AND idle >= 200d');
  await page.getByText(/accounts? match/).waitFor();
  await page.getByRole('table', { name: 'Whom it selects at docs' }).getByRole('link').first().waitFor();
  await assertAccessible(page);
  await picture(page, 'policy-who');

  // What
  await button(page, 'Next: What').click();
  await button(page, 'Add an action').click();
  await page.getByRole('menuitem', { name: /^Disable/ }).click();
  await page.getByLabel('Per cent of all accounts of the site').fill('900');
  await page.getByText('is not a limit in percent').waitFor();
  await button(page, 'Save').click();
  await page.getByText(/\d+ things? (is|are) wrong\./).waitFor();
  await page.getByLabel('Per cent of all accounts of the site').fill('100');
  await assertAccessible(page);
  await picture(page, 'policy-what');

  // Report
  await button(page, 'Next: Report').click();
  await page.getByLabel('To these addresses').fill('it-ops@example.org');
  await page.keyboard.press('Enter');
  await assertAccessible(page);
  await picture(page, 'policy-report');

  // YAML and form say the same.
  await step(page, 'YAML').click();
  const text = await yaml(page).inputValue();
  assert.match(text, /name: quiet-docs/);
  assert.match(text, /percent: 100/);
  assert.match(text, /- it-ops@example\.org/);
  await yaml(page).fill(`${text}\nlimits: [`);
  await step(page, 'What').click();
  await page.getByText('The YAML cannot be read yet').waitFor();
  await assertAccessible(page);
  await button(page, 'Show the YAML').click();
  await yaml(page).fill(text.replace('grace: 7d', 'grace: 0d').replace('percent: 100', 'percent: 100\n  typo: 3'));
  await page.getByText('unknown key "typo"').waitFor();
  await page.getByRole('button', { name: /^Line \d+$/ }).click();
  assert.match(await yaml(page).evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd)), /typo: 3/);
  await assertAccessible(page);
  await picture(page, 'policy-yaml');
  await yaml(page).fill(text.replace('grace: 7d', 'grace: 0d'));
  await page.getByText('Nothing is wrong with it.').waitFor();
  await step(page, 'Who').click();
  assert.equal(await page.getByLabel('Accounts younger than this, or enabled again more recently').inputValue(), '0d');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'quiet-docs' }).waitFor();
  await page.getByText('Switched off: nothing runs by itself').waitFor();
  await assertAccessible(page);
  await picture(page, 'policy-off');

  // No way to live but by a test run.
  assert.equal(await button(page, 'Switch live…').count(), 0);
  await button(page, 'Switch on in test mode').click();
  await page.getByText('This version was not tested yet').waitFor();
  await button(page, 'Test run').click();
  await dialog(page).getByRole('button', { name: 'Test run' }).click();
  await dialog(page).getByRole('link', { name: 'The run, item by item' }).waitFor({ timeout: 60_000 });
  await assertAccessible(page);
  await picture(page, 'policy-test-run');
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await page.getByText('This version was tested').waitFor();
  await button(page, 'Switch live…').click();
  await dialog(page).getByText(/^docs: \d+ accounts?/).waitFor();
  await dialog(page).getByRole('button', { name: 'Switch live' }).click();
  await page.getByText('Live: its runs change accounts').waitFor();

  // Paused with a reason, which everybody sees.
  await button(page, 'Pause…').click();
  await dialog(page).getByLabel('Why').fill('the year-end audit');
  await dialog(page).getByRole('button', { name: 'Pause' }).click();
  await page.getByText('the year-end audit').waitFor();
  await assertAccessible(page);
  await picture(page, 'policy-paused');
  await button(page, 'Let the schedule go on').click();
  await button(page, 'Pause…').waitFor();

  for (const tab of ['Whom it selects', 'Runs', 'Versions', 'YAML']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByText(/^Loading/).first().waitFor({ state: 'detached' });
    await assertAccessible(page);
  }
  blameless();
});

test('two people edit the same policy: the second is told, with the difference, and decides', async () => {
  const one = await open('the-operator');
  const other = await open('the-admin');
  other.expectStatus(412, '/api/v1/policies/');
  const about = (page) => page.getByLabel('What it is for');
  for (const { page } of [one, other]) {
    await page.goto('/policies/never-arrived/edit');
    await about(page).waitFor();
  }
  await about(one.page).fill('as the first wants it');
  await button(one.page, 'Save').click();
  await one.page.getByRole('heading', { level: 1, name: 'never-arrived' }).waitFor();

  await about(other.page).fill('as the second wants it');
  await button(other.page, 'Save').click();
  await dialog(other.page).getByText('Changed meanwhile').waitFor();
  await dialog(other.page).getByText('description: as the first wants it').waitFor();
  await dialog(other.page).getByText('description: as the second wants it').waitFor();
  await assertAccessible(other.page);
  await picture(other.page, 'policy-conflict');
  await dialog(other.page).getByRole('button', { name: 'Save mine over theirs' }).click();
  await other.page.getByRole('heading', { level: 1, name: 'never-arrived' }).waitFor();
  assert.equal((await stage.ask('GET', '/policies/never-arrived')).policy.description, 'as the second wants it');

  // Both versions are kept, and what differs between them.
  await other.page.getByRole('tab', { name: 'Versions' }).click();
  await other.page.getByText('Differs: description').waitFor();
  await assertAccessible(other.page);
  await picture(other.page, 'policy-versions');
  one.blameless();
  other.blameless();
});

test('nothing typed is lost when the session ends or a save fails, and leaving is asked about', async () => {
  const { page, blameless, expectStatus } = await open('the-operator');
  expectStatus(401, '/api/v1/policies');
  expectStatus(409, '/api/v1/policies');
  await page.goto('/policies/-/new');
  await page.getByLabel('Name', { exact: false }).first().fill('reclaim-idle-seats');
  await step(page, 'YAML').click();
  await yaml(page).fill('name: reclaim-idle-seats\nsites: [docs]\nselect: status = enabled AND idle >= 300d\nactions: [disable]\n');
  await page.getByText('Nothing is wrong with it.').waitFor();

  await stage.ask('DELETE', '/operators/the-operator/sessions');
  await button(page, 'Save').click();
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await again.waitFor({ state: 'detached' });
  // The name is taken: told, and everything is still there.
  await page.getByText(/^Not saved/).waitFor();
  assert.match(await yaml(page).inputValue(), /idle >= 300d/);
  await assertAccessible(page);
  await picture(page, 'policy-not-saved');

  await page.getByRole('link', { name: 'Runs' }).first().click();
  await dialog(page).getByText('What you changed here is lost.').waitFor();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  assert.match(await yaml(page).inputValue(), /idle >= 300d/);
  await page.getByRole('link', { name: 'Runs' }).first().click();
  await dialog(page).getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
  blameless();
});

test('a viewer sees policies and edits none; dark and narrow', async () => {
  const { page, blameless, expectStatus } = await open('the-viewer', { theme: 'dark', width: 400 });
  expectStatus(404, '/api/v1/policies/');
  await page.goto('/policies');
  await page.getByRole('table', { name: 'Policies' }).getByRole('link').first().waitFor();
  assert.equal(await page.getByRole('link', { name: 'New policy' }).count(), 0);
  await assertAccessible(page);
  await picture(page, 'policies-dark-400');
  await page.goto('/policies/reclaim-idle-seats');
  await page.getByRole('heading', { level: 2, name: 'Test and live' }).waitFor();
  for (const name of ['Run now…', 'Test run', 'Pause…', 'Switch off', 'Switch live…']) assert.equal(await button(page, name).count(), 0);
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(excess <= 0, `${excess} px too wide`);
  await assertAccessible(page);
  await picture(page, 'policy-dark-400');
  await page.goto('/policies/reclaim-idle-seats/edit');
  await page.getByText('Your role is not enough for this page').waitFor();
  await assertAccessible(page);
  await page.goto('/policies/no-such-policy');
  await page.getByText('The policy no-such-policy cannot be found').waitFor();
  await assertAccessible(page);
  blameless();
});
