import assert from 'node:assert/strict';
import { assertAccessible, picture } from './harness/browser.mjs';
import { PASSWORD, fresh, test } from './harness/stage.mjs';

const stage = fresh();

test('the setup link makes the first admin, once', async () => {
  const { page, blameless, expectStatus } = await stage.window();
  await page.goto('/setup');
  await page.getByText('This is not the whole setup link').waitFor();
  await assertAccessible(page);

  const link = new URL(await stage.rollcall.setupLink());
  // With another fragment alone the browser would not load the page again.
  await page.goto('/sign-in');
  await page.getByText('There is no admin yet').waitFor();
  await assertAccessible(page);
  await page.goto(link.pathname + link.hash);
  await page.getByRole('heading', { level: 1, name: 'The first admin' }).waitFor();
  await page.getByLabel('Name to sign in with').waitFor();
  assert.equal(new URL(page.url()).hash, '', 'the token is no longer in the address');
  await assertAccessible(page);
  await picture(page, 'set-up');

  await page.getByLabel('Name to sign in with').fill('not a name!');
  await page.getByLabel('Password', { exact: false }).first().fill('short');
  await page.keyboard.press('Enter');
  await page.getByText('At least 12 characters.').first().waitFor();
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByLabel(/^The same again/).fill(`${PASSWORD}?`);
  await page.keyboard.press('Enter');
  await page.getByText('The two passwords are not the same.').waitFor();
  await page.getByLabel(/^The same again/).fill(PASSWORD);
  expectStatus(422, '/api/v1/setup');
  await page.keyboard.press('Enter');
  // What the server finds wrong stands at its field, and nothing typed is lost.
  await page.locator('[aria-invalid="true"]').waitFor();
  assert.equal(await page.locator('[aria-invalid="true"]').inputValue(), 'not a name!');
  await picture(page, 'set-up-wrong');
  await page.getByLabel('Name to sign in with').fill('mira');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Sites' }).waitFor();
  await page.getByText('No site is connected yet').waitFor();
  await picture(page, 'sites-empty');

  await page.goto(link.pathname + link.hash);
  await page.getByText('There is an admin already').waitFor();
  await page.goto('/users');
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  await page.getByText('Connect a Confluence site and read it').waitFor();
  await assertAccessible(page);
  await picture(page, 'users-no-site');
  blameless();
});
