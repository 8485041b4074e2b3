import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible, picture, signIn } from './harness/browser.mjs';
import { PASSWORD, setStage } from './harness/stage.mjs';

let stage;
before(async () => {
  stage = await setStage();
}, { timeout: 300_000 });
after(() => stage?.close());

test('wrong password, right password, overview, by keyboard alone', async () => {
  const { page, blameless, expectStatus } = await stage.window();
  expectStatus(401, '/api/v1/session');
  await page.goto('/users?site=wiki');
  await page.waitForURL(/\/sign-in\?return=/);
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  assert.equal(await page.title(), 'Sign in – Rollcall');
  await assertAccessible(page);
  await picture(page, 'sign-in');

  await page.keyboard.press('Enter');
  await page.getByText('Give your password.').waitFor();
  await page.getByLabel('Name').fill('the-admin');
  await page.keyboard.press('Tab');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('Name or password is wrong.').waitFor();
  assert.equal(await page.getByLabel('Name').inputValue(), 'the-admin');
  assert.equal(await page.evaluate(() => document.activeElement.name), 'password');
  await assertAccessible(page);
  await picture(page, 'sign-in-wrong');

  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/users\?site=wiki/);
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();

  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.getByText('Seats used').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the page');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await assertAccessible(page);
  await picture(page, 'overview');
  blameless();
});

test('every page of the navigation, light and dark, wide and narrow', async () => {
  for (const theme of ['light', 'dark']) {
    for (const width of [1280, 400]) {
      const { page, context, blameless, expectStatus } = await stage.window({ theme, width });
      expectStatus(401, '/api/v1/session');
      await signIn(page, 'the-admin', PASSWORD);
      for (const [path, title] of Object.entries({ '/': 'Overview', '/users': 'Users', '/policies': 'Policies', '/plans': 'Plans', '/runs': 'Runs', '/audit': 'Audit', '/sites': 'Sites', '/settings': 'Settings', '/tokens': 'My tokens' })) {
        await page.goto(path);
        await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
        await page.getByText(/^Loading/).first().waitFor({ state: 'detached' });
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(excess <= 0, `${path} is ${excess} px wider than the window of ${width}`);
        await assertAccessible(page);
        await picture(page, `${title.toLowerCase().replaceAll(' ', '-')}-${theme}-${width}`);
      }
      blameless();
      await context.close();
    }
  }
});

test('a session that ends while somebody types: they sign in over the page, and it goes on', async () => {
  const { page, blameless, expectStatus } = await stage.window();
  expectStatus(401, '/api/v1/');
  await signIn(page, 'the-operator', PASSWORD);
  await stage.ask('DELETE', '/operators/the-operator/sessions');
  await page.getByRole('link', { name: 'Runs' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await dialog.waitFor();
  await assertAccessible(page);
  await picture(page, 'sign-in-again');
  await dialog.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('table', { name: 'Runs' }).getByRole('link').first().waitFor();
  blameless();
});
