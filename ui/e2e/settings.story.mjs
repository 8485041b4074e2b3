// What an admin sets: operators, mail, templates, webhooks, exemptions, lists, freezes, periods; and the tokens of everybody.
import assert from 'node:assert/strict';
import { assertAccessible, assertEveryLook, picture } from './harness/browser.mjs';
import { PASSWORD, demo, test } from './harness/stage.mjs';

const stage = demo();

const open = (path, { as = 'the-admin', ...options } = {}) => stage.signedIn(as, { at: path, ...options });

test('every part, light and dark, wide and narrow', async () => {
  const { page, blameless } = await open('/settings');
  await page.waitForURL(/\/settings\/mail/);
  for (const part of ['mail', 'templates', 'templates/run-report', 'webhooks', 'operators', 'operators/the-viewer', 'exemptions', 'lists', 'freezes', 'periods', 'doctor']) {
    await page.goto(`/settings/${part}`);
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await page.getByText(/^Loading/).first().waitFor({ state: 'detached' });
    if (part === 'doctor') await page.getByRole('table', { name: 'Findings' }).waitFor();
    if (part === 'templates/run-report') await page.getByRole('region', { name: 'HTML of the mail' }).waitFor();
    await assertEveryLook(page, `settings-${part.replace('/', '-')}`);
  }
  blameless();
});

test('whose role is not enough sees what is theirs, and which role it takes', async () => {
  const { page, blameless } = await open('/settings/operators', { as: 'the-operator' });
  await page.getByText('It takes the role admin.').waitFor();
  assert.equal(await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Operators' }).count(), 0);
  await assertAccessible(page);
  await page.goto('/settings/webhooks');
  await page.getByText('An admin can add them.').waitFor();
  blameless();
});

test('an operator is added, changed, barred; what the server refuses stands at its field', async () => {
  const { page, blameless, expectStatus } = await open('/settings/operators');
  await page.getByRole('button', { name: 'Add an operator' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name to sign in with').fill('not a name!');
  await dialog.getByLabel('Called').fill('אדם <b>bold</b>');
  await dialog.getByLabel('Password').fill('short');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.getByText('At least 12 characters.').first().waitFor();
  await dialog.getByLabel('Password').fill(PASSWORD);
  expectStatus(422, '/api/v1/operators');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.locator('[aria-invalid="true"]').waitFor();
  await assertAccessible(page);
  await dialog.getByLabel('Name to sign in with').fill('adam');
  await dialog.getByRole('radio', { name: /^approver/ }).check();
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'אדם <b>bold</b>' }).click();
  await page.getByRole('button', { name: 'Change' }).click();
  await dialog.getByLabel('May sign in').uncheck();
  await dialog.getByText('Their sessions end when this is saved.').waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('may not sign in').waitFor();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByLabel('Type adam to confirm').fill('adam');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Add an operator' }).waitFor();
  await page.getByRole('link', { name: 'אדם <b>bold</b>' }).waitFor({ state: 'detached' });
  blameless();
});

test('a template of one’s own: refused with its line, previewed, saved, given up', async () => {
  const { page, blameless, expectStatus } = await open('/settings/templates/notice');
  expectStatus(422, '/api/v1/templates/notice');
  const text = page.getByLabel('Plain text');
  await text.waitFor();
  await text.fill('Dear colleague,\n{{ no.such.thing }}');
  await page.getByText(/line 2, column/).first().waitFor();
  await page.getByText('2  {{ no.such.thing }}').waitFor();
  await assertAccessible(page);
  await picture(page, 'template-refused');
  await text.fill('Dear <b>colleague</b>,');
  await page.getByText('it does not show the link').first().waitFor();
  await text.fill('Dear <b>colleague</b>, press {{ link }}');
  await page.getByRole('tab', { name: 'As text' }).click();
  await page.getByRole('region', { name: 'Text of the mail' }).getByText('Dear <b>colleague</b>, press').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The template notice is saved').waitFor();
  await page.getByRole('button', { name: 'Back to the texts of Rollcall' }).click();
  await page.getByRole('button', { name: 'Give up your own texts' }).click();
  await page.getByText('notice has the texts of Rollcall again').waitFor();
  await page.getByRole('button', { name: 'Back to the texts of Rollcall' }).waitFor({ state: 'detached' });
  blameless();
});

test('how mail is set up is shown, and a test mail is sent', async () => {
  const { page, blameless, expectStatus } = await open('/settings/mail');
  expectStatus(422, '/api/v1/settings/mail/test');
  const setup = page.getByRole('region', { name: 'How mail is sent' });
  await setup.getByText('rollcall@', { exact: false }).first().waitFor();
  await setup.getByRole('button', { name: 'Send a test mail' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a test mail' });
  await dialog.getByLabel('To').fill('not an address');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.locator('[aria-invalid]').waitFor();
  await assertAccessible(page);
  await dialog.getByLabel('To').fill('it-ops@example.org');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await page.getByText('The test mail was taken').waitFor();
  await assertAccessible(page);
  await picture(page, 'mail-setup');
  blameless();
});

test('a mail as it was sent, harmless', async () => {
  const { page, blameless } = await open('/settings/mail');
  const { items } = await stage.ask('GET', '/mails?limit=100');
  const { subject } = items.find((one) => one.run && one.subject.includes(': failed, '));
  await page.getByRole('table', { name: 'Mails' }).getByRole('button', { name: subject }).click();
  const dialog = page.getByRole('dialog');
  const mail = (within) => within.getByRole('region', { name: 'HTML of the mail' });
  await mail(dialog).waitFor();
  assert.equal(await mail(dialog).locator('a, img, script, form').count(), 0);
  await assertAccessible(page);
  await picture(page, 'mail-html');
  const said = await mail(dialog).textContent();
  await dialog.getByRole('tab', { name: 'As text' }).click();
  await dialog.getByRole('region', { name: 'Text of the mail' }).waitFor();
  // The page of its run shows the very same.
  await dialog.getByRole('link', { name: 'a run' }).click();
  // What is told there is to be done is done on these pages, and they say where.
  await page.getByRole('link', { name: 'Sites › docs' }).waitFor();
  await page.getByRole('tab', { name: 'Mails' }).click();
  await mail(page).waitFor();
  assert.equal(await mail(page).textContent(), said);
  await assertAccessible(page);
  await picture(page, 'run-mail');
  blameless();
});

test('a webhook: its secret is shown once', async () => {
  const { page, blameless } = await open('/settings/webhooks');
  await page.getByRole('button', { name: 'Add a webhook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('chat');
  await dialog.getByLabel('Address').fill('https://chat.example.org/hooks/rollcall');
  await dialog.getByLabel('A run came to its end').check();
  await dialog.getByRole('button', { name: 'Add' }).click();
  const secret = await dialog.getByLabel('Its secret').inputValue();
  assert.ok(secret.length >= 16);
  await assertAccessible(page);
  await picture(page, 'webhook-secret');
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await page.getByText(secret).count(), 0);
  await page.getByRole('link', { name: 'chat' }).click();
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByRole('button', { name: 'Switch on' }).waitFor();
  await page.getByText('It was told nothing yet').waitFor();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No webhooks').waitFor();
  blameless();
});

test('what somebody else changed meanwhile is told with the difference, and decided: operator, webhook, freeze', async () => {
  const { page, blameless, expectStatus } = await open('/settings/operators/the-viewer');
  const dialog = page.getByRole('dialog');
  const conflict = page.getByRole('dialog', { name: 'Changed meanwhile' });
  const byAnother = async (method, path, body) => {
    const answer = await fetch(`${stage.rollcall.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${stage.rollcall.token}`, 'content-type': 'application/json', 'if-match': '*' }, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, await answer.text());
  };

  expectStatus(412, '/api/v1/operators/the-viewer');
  await page.getByRole('button', { name: 'Change' }).click();
  await dialog.getByLabel('Called').fill('As I call them');
  await byAnother('PATCH', '/operators/the-viewer', { displayName: 'As another calls them', email: 'viewer@example.org' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await conflict.getByText('Called: As another calls them').waitFor();
  await conflict.getByText('Called: As I call them').waitFor();
  await assertAccessible(page);
  await picture(page, 'conflict-operator');
  await conflict.getByRole('button', { name: 'Save mine over theirs' }).click();
  await page.getByRole('heading', { name: 'As I call them' }).waitFor();
  const { displayName, email } = await stage.ask('GET', '/operators/the-viewer');
  assert.deepEqual([displayName, email], ['As I call them', 'viewer@example.org'], 'what I did not touch stays theirs');

  const { webhook } = await stage.ask('POST', '/webhooks', { name: 'chat', url: 'https://chat.example.org/hooks/rollcall', events: [], sites: [] });
  expectStatus(412, `/api/v1/webhooks/${webhook.id}`);
  await page.goto(`/settings/webhooks/${webhook.id}`);
  await page.getByRole('button', { name: 'Change' }).click();
  await dialog.getByLabel('Name').fill('chat of mine');
  await byAnother('PATCH', `/webhooks/${webhook.id}`, { name: 'chat of another' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await conflict.getByText('Name: chat of another').waitFor();
  await conflict.getByText('Name: chat of mine').waitFor();
  await assertAccessible(page);
  await conflict.getByRole('button', { name: 'Keep theirs' }).click();
  await dialog.first().waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'chat of another' }).waitFor();
  // Switching off is a change too.
  await byAnother('PATCH', `/webhooks/${webhook.id}`, { isOn: false, name: 'chat once more' });
  await page.getByRole('button', { name: 'Switch off' }).click();
  await conflict.getByText('says what you were about to save').waitFor();
  await conflict.getByRole('button', { name: 'Keep theirs' }).click();
  await page.getByRole('heading', { name: 'chat once more' }).waitFor();
  await page.getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No webhooks').waitFor();

  expectStatus(412, '/api/v1/freezes/move');
  const days = { from: '2031-03-01', until: '2031-03-02', timezone: 'UTC', reason: 'a migration' };
  await stage.ask('POST', '/freezes', { name: 'move', ...days });
  await page.goto('/settings/freezes');
  await page.getByRole('button', { name: 'Change move' }).click();
  await dialog.getByLabel('Last day').fill('2031-03-05');
  await byAnother('PUT', '/freezes/move', { ...days, until: '2031-03-03' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await conflict.getByText('Last day: 2031-03-03').waitFor();
  await conflict.getByText('Last day: 2031-03-05').waitFor();
  await assertAccessible(page);
  await picture(page, 'conflict-freeze');
  await conflict.getByRole('button', { name: 'Save mine over theirs' }).click();
  await page.getByText('2031-03-01 to 2031-03-05').waitFor();
  // Removing what somebody else changed: asked once more, about what stands there now.
  await page.getByRole('button', { name: 'Remove move' }).click();
  await byAnother('PUT', '/freezes/move', { ...days, until: '2031-03-04' });
  await dialog.getByRole('button', { name: 'Remove the freeze' }).click();
  await dialog.getByText('It was changed meanwhile').waitFor();
  await page.getByText('2031-03-01 to 2031-03-04').waitFor();
  await dialog.getByRole('button', { name: 'Remove the freeze' }).click();
  await page.getByText('No freezes').waitFor();
  blameless();
});

test('an exemption, a list from CSV, a freeze', async () => {
  const { page, blameless, expectStatus } = await open('/settings/exemptions?site=wiki');
  const someone = (await stage.ask('GET', '/sites/wiki/accounts?limit=1&fields=username')).items[0];
  await page.getByRole('button', { name: 'Exempt somebody' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Sign-in name').fill(someone.username);
  await dialog.getByLabel('Why').fill('on leave <script>');
  await dialog.getByRole('button', { name: 'Exempt' }).click();
  await page.getByRole('table', { name: 'Exemptions of wiki' }).getByText('on leave <script>').waitFor();
  await assertAccessible(page);

  // Whoever is exempt already is shown before anything is replaced.
  await page.getByRole('button', { name: 'Exempt somebody' }).click();
  await dialog.getByLabel('Sign-in name').fill(someone.username);
  await dialog.getByLabel('Why').fill('a test');
  expectStatus(409, '/api/v1/sites/wiki/exemptions');
  await dialog.getByRole('button', { name: 'Exempt' }).click();
  await dialog.getByText('on leave <script>').waitFor();
  await dialog.getByRole('button', { name: 'Replace the exemption' }).click();
  await page.getByRole('table', { name: 'Exemptions of wiki' }).getByText('a test').waitFor();
  await page.getByRole('button', { name: `End the exemption of ${someone.username}` }).click();
  await dialog.getByRole('button', { name: 'End it' }).click();
  await page.getByText('Nobody is exempt').waitFor();

  await page.goto('/settings/lists');
  await page.getByRole('button', { name: 'Import a list' }).click();
  await dialog.getByLabel('CSV file').setInputFiles({ name: 'leavers.csv', mimeType: 'text/csv', buffer: Buffer.from('username,why\nmira,left\ntheo,left\n') });
  await dialog.getByLabel('What is in leavers.csv').waitFor();
  assert.equal(await dialog.getByLabel('Name', { exact: false }).first().inputValue(), 'leavers', 'the file names the list');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await page.getByText('leavers has 2 entries').waitFor();
  // The same name again: only after a question.
  expectStatus(428, '/api/v1/lists/leavers');
  await page.getByRole('button', { name: 'Import a list' }).click();
  await dialog.getByLabel('Name', { exact: false }).first().fill('leavers');
  await dialog.getByLabel(/Or paste names/).fill('mira');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await dialog.getByText('There is a list of that name').waitFor();
  await assertAccessible(page);
  await dialog.getByRole('button', { name: 'Replace the list' }).click();
  await page.getByText('leavers has 1 entry').waitFor();
  await page.getByRole('button', { name: 'leavers', exact: true }).click();
  await dialog.getByText('mira').waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await dialog.waitFor({ state: 'detached' });

  await page.goto('/settings/freezes');
  await page.getByRole('button', { name: 'Set a freeze' }).click();
  await dialog.getByLabel('Name').fill('year-end');
  await dialog.getByLabel('First day').fill('2031-12-20');
  await dialog.getByLabel('Last day').fill('2031-12-10');
  await dialog.getByLabel('Why').fill('the year-end accounts');
  expectStatus(422, '/api/v1/freezes');
  await dialog.getByRole('button', { name: 'Set', exact: true }).click();
  await dialog.getByText(/ends before it begins/).waitFor();
  await assertAccessible(page);
  await dialog.getByLabel('Last day').fill('2032-01-05');
  await dialog.getByRole('button', { name: 'Set', exact: true }).click();
  await page.getByText('2031-12-20 to 2032-01-05').waitFor();
  await page.getByRole('button', { name: 'Change year-end' }).click();
  await dialog.getByLabel('Comes every year').check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('2031-12-20 to 2032-01-05, every year').waitFor();
  await page.getByRole('button', { name: 'Remove year-end' }).click();
  await dialog.getByRole('button', { name: 'Remove the freeze' }).click();
  await page.getByText('No freezes').waitFor();
  blameless();
});

test('how long sessions last and what is kept: refused at its field, saved', async () => {
  const { page, blameless, expectStatus } = await open('/settings/periods');
  const daily = page.getByLabel('Days of which a snapshot is kept');
  await daily.fill('many');
  await page.getByRole('form', { name: 'How long what is kept' }).getByRole('button', { name: 'Save' }).click();
  await page.getByText('A whole number.').waitFor();
  await daily.fill('14');
  await page.getByLabel('Days that runs are kept').fill('3');
  expectStatus(422, '/api/v1/settings/retention');
  await page.getByRole('form', { name: 'How long what is kept' }).getByRole('button', { name: 'Save' }).click();
  await page.locator('[aria-invalid="true"]').waitFor();
  await page.getByLabel('Days that runs are kept').fill('400');
  await page.getByRole('form', { name: 'How long what is kept' }).getByRole('button', { name: 'Save' }).click();
  await page.getByText('How long what is kept is saved').waitFor();
  assert.equal((await stage.ask('GET', '/settings/retention')).snapshots.daily, 14);
  await assertAccessible(page);
  blameless();
});

test('a token of one’s own: shown once, used, revoked', async () => {
  const { page, blameless } = await open('/tokens', { as: 'the-operator' });
  await page.getByRole('button', { name: 'Make a token' }).click();
  const dialog = page.getByRole('dialog');
  assert.equal(await dialog.getByRole('radio').count(), 2, 'no more than the operator may');
  await dialog.getByLabel('What it is for').fill('nightly <i>export</i>');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  const secret = await dialog.getByLabel('Token', { exact: true }).inputValue();
  await assertAccessible(page);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  const who = async () => (await fetch(`${stage.rollcall.url}/api/v1/session`, { headers: { authorization: `Bearer ${secret}` } })).status;
  assert.equal(await who(), 200);
  await page.getByText('nightly <i>export</i>').waitFor();
  await picture(page, 'tokens-made');
  await page.getByRole('button', { name: 'Revoke nightly <i>export</i>' }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('No tokens').waitFor();
  assert.equal(await who(), 401);
  blameless();
});
