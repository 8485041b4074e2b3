// An installation without a site: the admin is led to connecting one, reads it, looks around, changes it, and removes it again.
import assert from 'node:assert/strict';
import { assertAccessible, picture } from './harness/browser.mjs';
import { firstAdmin, fresh, test } from './harness/stage.mjs';

const stage = fresh({ site: {}, also: (set) => firstAdmin(set, 'mira') });

const open = (at) => stage.signedIn('mira', { at });

test('from an empty overview to a site that was read', async () => {
  const { page, blameless, expectStatus } = await open('/');
  await page.getByText('No site is connected yet').waitFor();
  await assertAccessible(page);
  await picture(page, 'overview-empty');
  await page.getByRole('button', { name: 'Connect a site' }).click();
  await page.getByRole('heading', { level: 1, name: 'Connect a site' }).waitFor();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Give it a name.').waitFor();
  await page.getByText('Give its address.').waitFor();
  await page.getByLabel('Name').fill('our wiki');
  await page.getByLabel('Address').fill(stage.site.url);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 2, name: 'How to sign in' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'How to sign in', 'whoever follows by keyboard is there too');

  const token = page.locator('input[type="password"]');
  await token.fill('nobody-knows-this-token');
  expectStatus(502, '/api/v1/sites/try');
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByRole('alert').first().waitFor();
  await assertAccessible(page);
  await picture(page, 'sites-connect-refused');
  await token.fill(stage.site.token);
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('The site answers: Confluence Data Center 9.3').waitFor();
  const can = page.getByRole('table', { name: 'What can be done here' });
  await can.getByRole('row', { name: /Disable accounts/ }).getByText('yes').waitFor();
  await can.getByText(/no remote call that moves an account/).waitFor();
  await assertAccessible(page);
  await picture(page, 'sites-connect-can');

  // The name was wrong all along: the server says so only now, and the field is shown with it.
  expectStatus(422, '/api/v1/sites');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.locator('[aria-invalid="true"]').waitFor();
  assert.equal(await page.getByLabel('Name').inputValue(), 'our wiki', 'nothing typed is lost');
  await page.getByLabel('Name').fill('wiki');
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByLabel('The servers record every login').check();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('wiki was read').waitFor({ timeout: 60_000 });
  await page.getByText(/The new snapshot shows \d+ accounts/).waitFor();
  await assertAccessible(page);
  await picture(page, 'sites-connect-read');
  blameless();
});

test('the list, the parts of a site, a test, and groups with hostile names', async () => {
  const { page, blameless, expectStatus } = await open('/sites');
  const row = page.getByRole('row', { name: /wiki/ });
  await row.getByText('answers').waitFor();
  await row.getByText(/Confluence Data Center 9\.3/).waitFor();
  await assertAccessible(page);
  await picture(page, 'sites');
  await row.getByRole('link', { name: 'wiki' }).click();
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('Asked just now').waitFor();
  await assertAccessible(page);

  await page.getByRole('link', { name: 'Groups' }).click();
  await page.getByRole('table', { name: 'Groups of wiki' }).getByText('<i>styled</i>').waitFor();
  assert.equal(await page.locator('main i').count(), 0, 'names are text');
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Make a group' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('confluence-asleep');
  await page.keyboard.press('Enter');
  await page.getByText('The group confluence-asleep is made at wiki').waitFor();

  await page.getByRole('link', { name: 'Directories' }).click();
  await page.getByText('Confluence Internal Directory').waitFor();
  await page.getByRole('link', { name: 'Snapshots' }).click();
  await page.getByRole('table', { name: 'Snapshots of wiki' }).waitFor();
  await page.getByRole('button', { name: 'Read now' }).click();
  await page.getByText('wiki was read').waitFor({ timeout: 60_000 });
  await assertAccessible(page);
  blameless();
});

test('two windows change the site: the second is told, with the difference', async () => {
  const one = await open('/sites/wiki/settings');
  const two = await open('/sites/wiki/settings');
  for (const { page, expectStatus } of [one, two]) {
    await page.getByLabel('Days of the audit log').waitFor();
  }
  assert.equal(await one.page.getByLabel('The servers record every login').isChecked(), true, 'as it was said when connecting');
  await one.page.getByLabel('Days of the audit log').fill('31');
  await one.page.getByRole('button', { name: 'Save' }).click();
  await one.page.getByText('wiki is saved').waitFor();
  two.expectStatus(412, '/api/v1/sites/wiki');
  await two.page.getByLabel('Requests at once').fill('many');
  await two.page.getByRole('button', { name: 'Save' }).click();
  await two.page.getByText('A whole number.').waitFor();
  await two.page.getByLabel('Requests at once').fill('3');
  await two.page.getByRole('button', { name: 'Save' }).click();
  const dialog = two.page.getByRole('dialog', { name: 'Changed meanwhile' });
  await dialog.getByText('Days of the audit log: 31').waitFor();
  await assertAccessible(two.page);
  await picture(two.page, 'sites-conflict');
  await dialog.getByRole('button', { name: 'Keep theirs' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await two.page.getByLabel('Days of the audit log').inputValue(), '31');
  one.blameless();
  two.blameless();
});

test('a site that is to move to another server wants credentials for it', async () => {
  const { page, blameless } = await open('/sites/wiki/settings');
  const address = page.getByLabel('Address');
  const now = await address.inputValue();
  await address.fill('https://elsewhere.example.org/wiki');
  await page.getByText('This is another server.').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Paste the token.').waitFor();
  await assertAccessible(page);
  await picture(page, 'sites-moving');
  await address.fill(`${now.replace(/\/$/, '')}/below`);
  await page.getByText('This is another server.').waitFor({ state: 'detached' });
  blameless();
});

test('credentials that are refused are not kept; a site is removed by typing its name', async () => {
  const { page, blameless, expectStatus } = await open('/sites/wiki');
  expectStatus(502, '/api/v1/sites/wiki');
  await page.getByRole('button', { name: 'Replace credentials' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Test and replace' }).click();
  await dialog.getByText('Paste the token.').waitFor();
  await dialog.locator('input[type="password"]').fill('another-token-of-nobody');
  await dialog.getByRole('button', { name: 'Test and replace' }).click();
  await dialog.getByRole('alert').waitFor();
  await assertAccessible(page);
  await dialog.locator('input[type="password"]').fill(stage.site.token);
  await dialog.getByRole('button', { name: 'Test and replace' }).click();
  await page.getByText('wiki has new credentials').waitFor();

  await page.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove the site' }).click();
  await dialog.getByText('That is not wiki.').waitFor();
  await dialog.getByLabel('Type wiki to confirm').fill('wiki');
  await dialog.getByRole('button', { name: 'Remove the site' }).click();
  await page.getByText('No site is connected yet').waitFor();
  expectStatus(404, '/api/v1/sites/wiki');
  await page.goto('/sites/wiki');
  await page.getByText('The site wiki cannot be found').waitFor();
  await assertAccessible(page);
  blameless();
});
