import assert from 'node:assert/strict';
import { assertAccessible, assertEveryLook, picture, signIn } from './harness/browser.mjs';
import { PASSWORD, demo, test } from './harness/stage.mjs';

const stage = demo();

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
  const { page, blameless } = await stage.signedIn('the-admin');
  for (const [path, title] of Object.entries({ '/': 'Overview', '/users': 'Users', '/policies': 'Policies', '/plans': 'Plans', '/runs': 'Runs', '/audit': 'Audit', '/sites': 'Sites', '/settings': 'Settings', '/tokens': 'My tokens' })) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
    await page.getByText(/^Loading/).first().waitFor({ state: 'detached' });
    await assertEveryLook(page, title.toLowerCase().replaceAll(' ', '-'));
  }
  blameless();
});

test('a session that ends while somebody types: they sign in over the page, and it goes on', async () => {
  const { page, blameless, expectStatus } = await stage.signedIn('the-operator', { at: '/' });
  expectStatus(401, '/api/v1/');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
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

test('a session that ends: by single sign-on in another tab, and what was typed is still there', async () => {
  const { page, context, blameless, expectStatus } = await stage.window();
  expectStatus(401, '/api/v1/');
  // Stands in for the provider: whoever is sent there is let in, and comes back to where they wanted to go.
  await context.route('**/api/v1/setup', (route) => route.fulfill({ json: { isNeeded: false, signOn: { text: 'Sign in with Example ID', url: '/sign-on/start' } } }));
  await context.route('**/sign-on/start?*', async (route) => {
    const answer = await context.request.post('/api/v1/session', { data: { name: 'the-operator', password: PASSWORD } });
    assert.equal(answer.ok(), true);
    await route.fulfill({ status: 303, headers: { location: new URL(route.request().url()).searchParams.get('return') } });
  });
  await page.goto('/sign-in');
  assert.match(await page.getByRole('link', { name: 'Sign in with Example ID' }).getAttribute('href'), /^\/sign-on\/start\?return=%2F$/);
  await signIn(page, 'the-operator', PASSWORD);
  await page.goto('/policies/-/new');
  await page.getByLabel('What it is for').fill('typed before the session ended');
  await stage.ask('DELETE', '/operators/the-operator/sessions');
  await page.getByRole('button', { name: 'Next: Who' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await dialog.getByRole('link', { name: /^Sign in with Example ID/ }).waitFor();
  await assertAccessible(page);
  await picture(page, 'sign-in-again-sign-on');
  const [tab] = await Promise.all([context.waitForEvent('page'), dialog.getByRole('link', { name: /^Sign in with Example ID/ }).click()]);
  await tab.getByRole('heading', { level: 1, name: 'You are signed in' }).waitFor();
  assert.equal(await tab.evaluate(() => window.opener), null);
  await assertAccessible(tab);
  await picture(tab, 'signed-in');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Back: When' }).click();
  assert.equal(await page.getByLabel('What it is for').inputValue(), 'typed before the session ended');
  blameless();
});
