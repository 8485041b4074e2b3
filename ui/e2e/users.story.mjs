import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { assertAccessible, assertEveryLook, picture } from './harness/browser.mjs';
import { demo, test, waited } from './harness/stage.mjs';

const stage = demo({
  accounts: 400,
  // The demo took a run back after the site was read; a plan would see that, and so must what is counted here.
  also: async ({ ask }) => {
    const { job } = await ask('POST', '/sites/wiki/snapshots');
    const over = await waited(() => ask('GET', `/jobs/${job.id}`), (now) => now.finishedAt);
    assert.equal(over.state, 'done');
  },
});

const users = (page) => page.getByRole('table', { name: 'Users' });
const who = (page) => page.getByLabel('Who', { exact: true });
const matching = (page) => page.getByRole('status').filter({ hasText: /accounts? match/ });
const countOf = async (page) => Number((await matching(page).textContent()).match(/([\d,]+) accounts? match/)[1].replaceAll(',', ''));
const accounts = async (criterion, more = '') => stage.ask('GET', `/sites/wiki/accounts?limit=500&fields=username,name,email,status,idle${more}&criterion=${encodeURIComponent(criterion)}`);

async function open({ as = 'the-operator', ...options } = {}) {
  const opened = await stage.signedIn(as, options);
  // A text that is not finished yet is a mistake, and the answer says so.
  opened.expectStatus(422, '/api/v1/criteria/check');
  return opened;
}

test('a criterion is written with proposals, mended where it is wrong, and shown in rows that stay in step', async () => {
  const { page, blameless } = await open();
  await page.goto('/users?site=wiki');
  await users(page).waitFor();
  await assertAccessible(page);

  await who(page).click();
  await page.keyboard.type('status = enabled AND gro');
  const proposals = page.getByRole('listbox', { name: 'What may be written here' });
  await proposals.getByRole('option', { name: /^group\b/ }).first().waitFor();
  await assertAccessible(page);
  await picture(page, 'users-proposals');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await who(page).inputValue(), 'status = enabled AND group ');
  await page.keyboard.type('= "confluence-u');
  await proposals.getByRole('option', { name: '"confluence-users"' }).click();
  assert.match(await who(page).inputValue(), /^status = enabled AND group = "confluence-users" ?$/);
  await page.keyboard.press('Escape');
  await matching(page).waitFor();
  assert.equal(await countOf(page), (await accounts('status = enabled AND group = "confluence-users"')).total);
  await page.getByRole('region', { name: 'Some of them' }).getByRole('link').first().waitFor();

  await who(page).fill('status = enabled AND gruop = "confluence-user" AND idle >= 90d');
  await page.getByText('there is no field').waitFor();
  const box = page.locator('[data-wrong-part]');
  assert.equal(await box.textContent(), 'gruop');
  await assertAccessible(page);
  await picture(page, 'users-mistake');
  await page.getByRole('button', { name: 'Use group' }).click();
  await page.getByText('no group called').waitFor();
  assert.equal(await box.textContent(), '"confluence-user"');
  await page.getByRole('button', { name: 'Use "confluence-users"' }).click();
  assert.equal(await who(page).inputValue(), 'status = enabled AND group = "confluence-users" AND idle >= 90d');
  await matching(page).waitFor();

  // Text into rows, rows into text.
  const rows = page.getByRole('group', { name: 'Conditions' });
  await rows.getByText('90 days (90d)').waitFor();
  await rows.getByRole('combobox', { name: 'Value of condition 3' }).fill('60');
  await page.getByRole('option', { name: '60 days (60d)' }).first().click();
  assert.equal(await who(page).inputValue(), 'status = enabled AND group = "confluence-users" AND idle >= 60d');
  await rows.getByRole('button', { name: 'Remove condition 2' }).click();
  assert.equal(await who(page).inputValue(), 'status = enabled AND idle >= 60d');
  await who(page).fill('status = enabled AND (idle >= 60d OR lastLogin = never)');
  await page.getByText('richer than form rows').waitFor();

  // The newest text alone is counted, however fast somebody types.
  for (const days of ['10d', '400d', '45d']) await who(page).fill(`status = enabled AND idle >= ${days}`);
  await page.getByText('idle for at least 45 days').waitFor();
  await matching(page).waitFor();
  const { total } = await accounts('status = enabled AND idle >= 45d');
  assert.equal(await countOf(page), total);

  await who(page).press('Enter');
  await page.waitForURL(/criterion=status/);
  await page.getByText(new RegExp(`of ${total}$`)).waitFor();
  await page.reload();
  await page.getByText(new RegExp(`of ${total}$`)).waitFor();
  assert.equal(await who(page).inputValue(), 'status = enabled AND idle >= 45d');

  // A filter is kept in the browser, and says so.
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('menuitem', { name: 'Keep this one…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Keep this filter' });
  await dialog.getByText('in this browser only').waitFor();
  await dialog.getByLabel('Name').fill('Quiet <b>people</b>');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  assert.equal(new URL(page.url()).searchParams.get('criterion'), null);
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.getByRole('menuitem', { name: /Quiet <b>people<\/b>/ }).click();
  await page.waitForURL(/criterion=status/);
  blameless();
});

test('columns, order, pages, choice of rows, and the same as CSV', async () => {
  const { page, blameless } = await open();
  await page.goto('/users?site=wiki');
  await users(page).waitFor();
  const all = (await accounts('all')).total;
  await page.getByText(`1–50 of ${all}`).waitFor();

  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByLabel('E-mail domain').check();
  await page.keyboard.press('Escape');
  await users(page).getByRole('columnheader', { name: 'E-mail domain' }).waitFor();
  await users(page).getByRole('button', { name: 'Idle' }).click();
  await page.waitForURL(/sort=idle/);
  await users(page).getByRole('button', { name: 'Idle' }).click();
  await page.waitForURL(/sort=-idle/);
  await page.getByText(`1–50 of ${all}`).waitFor();
  const longest = (await stage.ask('GET', '/sites/wiki/accounts?limit=1&sort=-idle&fields=username')).items[0].username;
  await users(page).getByRole('row').nth(1).getByText(longest, { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText(`51–100 of ${all}`).waitFor();
  await page.getByRole('button', { name: 'Previous' }).click();

  // What is not known says so, and is never empty.
  await page.goto('/users?site=wiki&criterion=lastActive%20IS%20UNKNOWN');
  await users(page).getByText('unknown').first().waitFor();

  await page.goto('/users?site=wiki&criterion=seat%20%3D%20true');
  await page.getByText(/^1–50 of/).waitFor();
  await page.getByLabel('All on this page').check();
  await page.getByText('50 selected.').waitFor();
  const { total } = await accounts('seat = true');
  await page.getByRole('button', { name: `Select all ${total}` }).click();
  await page.getByText(`All ${total} are selected.`).waitFor();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Clear selection' }).click();

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const file = await readFile(await (await downloading).path(), 'utf8');
  const lines = file.trim().split('\n');
  assert.match(lines[0], /^.?key,username,name,email/);
  assert.ok(lines.length > total, `${lines.length} lines for ${total} accounts`);
  blameless();
});

test('pasted names become a list: who is there is shown, and what fits nobody', async () => {
  const { page, blameless, expectStatus } = await open();
  expectStatus(428, '/api/v1/lists/leavers');
  const [one, two] = (await accounts('seat = true AND email IS NOT EMPTY')).items;
  await page.goto('/users?site=wiki');
  await users(page).waitFor();
  const paste = async (text) => {
    await page.getByRole('button', { name: 'From a list…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('User names or e-mail addresses').fill(text);
    await dialog.getByLabel('Name of the list').fill('leavers');
    await assertAccessible(page);
    await dialog.getByRole('button', { name: 'Find them' }).click();
    return dialog;
  };
  let dialog = await paste(`${one.username}\n${two.email.toUpperCase()}; <img src=x onerror=alert(1)>\nnobody@example.org`);
  await dialog.getByText('2 entries fit nobody at wiki').waitFor();
  await dialog.getByText('<img src=x onerror=alert(1)>').waitFor();
  await assertAccessible(page);
  await picture(page, 'users-list');
  await dialog.getByRole('button', { name: 'Show 2 users' }).click();
  await page.waitForURL(/criterion=list/);
  await page.getByText('1–2 of 2').waitFor();

  // The same name again is asked about first.
  dialog = await paste(one.username);
  await dialog.getByRole('button', { name: 'Replace the list' }).click();
  await dialog.getByText('Every entry fits somebody.').waitFor();
  blameless();
});

test('one account: evidence, groups, why it is selected, exemption, history', async () => {
  const { page, blameless, expectStatus } = await open();
  expectStatus(404, '/api/v1/sites/wiki/accounts/nobody');
  const found = (await accounts('seat = true AND idle >= 90d AND exempt = false')).items[0];
  await page.goto(`/users/wiki/${found.key}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('table', { name: 'What each source says' }).getByText('list-active').waitFor();
  await assertAccessible(page);
  await picture(page, 'account');

  await page.getByRole('tab', { name: /^Groups/ }).click();
  await page.getByRole('list', { name: 'Ways to the seat' }).getByText('confluence-users').first().waitFor();
  await assertAccessible(page);

  await page.getByRole('tab', { name: 'Why selected?' }).click();
  await page.getByLabel('The criterion of a policy').selectOption('reclaim-idle-seats');
  const why = page.getByRole('region', { name: 'Explanation' });
  await why.getByText('idle >= 90d').waitFor();
  await why.getByText('list-active').first().waitFor();
  await assertAccessible(page);
  await picture(page, 'account-why');
  await page.getByLabel('Or any criterion').fill('NOT (status = enabled AND email ~ "x") OR groups > 99');
  await page.getByLabel('Or any criterion').press('Enter');
  await why.getByText('Not this').waitFor();
  await why.getByText('groups > 99').waitFor();

  await page.getByRole('tab', { name: 'What is known' }).click();
  await page.getByRole('button', { name: 'Exempt…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Exempt this account' });
  await dialog.getByRole('button', { name: 'Exempt' }).click();
  await dialog.getByText('Say why.').waitFor();
  await assertAccessible(page);
  await dialog.getByLabel('Why').fill('<script>on leave</script>');
  await dialog.getByRole('button', { name: 'Exempt' }).click();
  await page.getByText('<script>on leave</script>').waitFor();
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('table', { name: 'History' }).getByText('the-operator').first().waitFor();
  await assertAccessible(page);
  await page.getByRole('tab', { name: 'What is known' }).click();
  await page.getByRole('button', { name: 'End the exemption…' }).click();
  const end = page.getByRole('dialog');
  await end.getByText('<script>on leave</script>').waitFor();
  await end.getByRole('button', { name: 'End it' }).click();
  await page.getByText('Not exempt:').waitFor();

  await page.goto('/users/wiki/nobody');
  await page.getByText('This user cannot be found').waitFor();
  await assertAccessible(page);
  blameless();
});

test('many accounts: choose, plan, test, live, undo', async () => {
  const { page, blameless } = await open();
  const criterion = 'status = enabled AND seat = true AND idle >= 50d AND reactivated = never AND username !~ "/"';
  const before = await accounts(criterion);
  assert.ok(before.total > 0, 'somebody idle is needed');
  await page.goto(`/users?site=wiki&criterion=${encodeURIComponent(criterion)}`);
  await page.getByRole('button', { name: /^Change all/ }).click();
  await page.getByText(/What wiki cannot do/).click();
  const cannot = page.getByRole('group', { name: 'Actions that the site cannot do' });
  assert.equal(await cannot.getByLabel('Change directory').isDisabled(), true);
  await cannot.getByText('Confluence has no remote call').first().waitFor();
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByText('Choose at least one action.').waitFor();
  await assertAccessible(page);
  await page.getByLabel('Disable', { exact: true }).check();
  assert.equal(await page.getByLabel('Enable', { exact: true }).isDisabled(), true);
  await page.getByLabel('Per cent of all accounts').fill('0.1');
  await picture(page, 'bulk-choose');
  await page.getByRole('button', { name: 'Make the plan' }).click();

  // Over the limit it is blocked as a whole, and says why.
  await page.getByText('Over a limit: it is applied to nobody').waitFor();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Change the choice' }).click();
  assert.equal(await page.getByLabel('Disable', { exact: true }).isChecked(), true);
  await page.getByLabel('Per cent of all accounts').fill('90');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('table', { name: 'Changes' }).getByText('enabled').first().waitFor();
  await assertAccessible(page);
  await picture(page, 'bulk-plan');
  await page.getByRole('tab', { name: /^Refused/ }).click();
  await page.getByRole('tab', { name: /^Protected/ }).click();
  await page.getByRole('button', { name: 'Run as a test' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run as a test' }).click();
  await page.getByText('The test is over: nothing was changed').waitFor();
  assert.equal((await accounts(criterion)).total, before.total);
  await page.reload();
  await page.getByText('The test is over: nothing was changed').waitFor();
  await assertAccessible(page);

  // What was chosen is still chosen after a new load, at every step; now it is to be live.
  await page.getByRole('button', { name: 'Plan it live' }).click();
  await page.getByRole('button', { name: 'Run it…' }).waitFor();
  await page.getByRole('button', { name: 'Change the choice' }).click();
  await page.getByLabel('Disable', { exact: true }).waitFor();
  await page.reload();
  await page.getByLabel('Disable', { exact: true }).waitFor();
  assert.equal(await page.getByLabel(/^Live/).isChecked(), true);
  assert.equal(await page.getByLabel('Disable', { exact: true }).isChecked(), true);
  assert.equal(await page.getByLabel('Per cent of all accounts').inputValue(), '90');
  assert.equal(await page.getByRole('list', { name: 'Steps' }).locator('[aria-current=step]').textContent(), '1Choose');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('button', { name: 'Run it…' }).click();
  await assertAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: /^Change \d/ }).click();
  await page.waitForURL(/run=/);
  await page.getByText('The run is done', { exact: true }).waitFor({ timeout: 120_000 });
  await assertAccessible(page);
  await picture(page, 'bulk-done');
  const run = new URL(page.url()).searchParams.get('run');
  assert.ok((await stage.ask('GET', `/runs/${run}`)).counts.done > 0);

  await page.getByRole('button', { name: 'Undo…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make the plan' }).click();
  await page.waitForURL(/\/plans\//);
  await page.getByRole('heading', { level: 1, name: 'Undo of a run' }).waitFor();
  blameless();
});

test('rows chosen one by one are changed by key, and one who left is named', async () => {
  const { page, blameless, expectStatus } = await open();
  // Not those whom the walk before disabled and enabled again: they are reckoned as having come back.
  const criterion = 'status = enabled AND seat = true AND idle >= 31d AND reactivated = never AND exempt = false AND username !~ "/"';
  await page.goto(`/users?site=wiki&criterion=${encodeURIComponent(criterion)}`);
  await users(page).waitFor();
  const boxes = users(page).getByRole('checkbox');
  await boxes.nth(1).check();
  await boxes.nth(2).check();
  await page.getByRole('button', { name: 'Change 2 users…' }).click();
  await page.getByText('2 accounts', { exact: true }).waitFor();
  assert.equal(await page.getByRole('list', { name: 'The chosen' }).getByRole('listitem').count(), 2);
  // The choice outlives a page that is loaded again.
  await page.reload();
  await page.getByText('chosen by hand').waitFor();
  await page.getByLabel('Disable', { exact: true }).check();
  await assertAccessible(page);
  await picture(page, 'bulk-chosen');
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByText('by 2 changes, of 2 selected').waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'The plan has a page of its own' }).click();
  await page.getByText('only 2 accounts chosen by hand').waitFor();

  expectStatus(422, '/api/v1/plans');
  await page.goto('/users?site=wiki');
  await page.evaluate(() => {
    const chosen = [{ key: 'nobody', username: 'nobody', name: 'Somebody who left' }];
    history.pushState({ usr: { chosen }, key: 'left', idx: 1 }, '', '/users/act?site=wiki');
  });
  await page.reload();
  await page.getByLabel('Disable', { exact: true }).check();
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('list', { name: 'Not at the site any more' }).getByText('Somebody who left').waitFor();
  await page.getByRole('button', { name: 'Leave this one out' }).click();
  await page.getByText('Nobody is chosen').waitFor();
  blameless();
});

test('deletion is confirmed by typing how many, and says that it cannot be taken back', async () => {
  const { page, blameless } = await open();
  const [one] = (await accounts('status = enabled AND seat = true AND idle >= 31d AND idle < 50d AND reactivated = never AND exempt = false')).items;
  assert.ok(one, 'somebody idle for a month is needed');
  await page.goto(`/users/act?site=wiki&criterion=${encodeURIComponent(`username = "${one.username}"`)}`);
  await page.getByLabel('Delete', { exact: true }).check();
  await page.getByLabel(/^Live/).check();
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByText('It cannot be taken back: deletion.').waitFor();
  await page.getByRole('button', { name: 'Run it…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Delete 1 account' }).click();
  await dialog.getByText('That is not 1.').waitFor();
  await assertAccessible(page);
  await dialog.getByLabel(/^Type 1/).fill('1');
  await dialog.getByRole('button', { name: 'Delete 1 account' }).click();
  await page.getByText('The run is done', { exact: true }).waitFor({ timeout: 60_000 });
  blameless();
});

test('a viewer sees, and is told what changing takes', async () => {
  const { page, blameless } = await open({ as: 'the-viewer' });
  await page.goto('/users?site=wiki');
  await users(page).waitFor();
  assert.equal(await page.getByLabel('All on this page').count(), 0);
  assert.equal(await page.getByRole('button', { name: 'From a list…' }).count(), 0);
  await page.goto('/users/act?site=wiki&criterion=all');
  await page.getByText('It takes the role operator.').waitFor();
  await assertAccessible(page);
  blameless();
});

test('names are text, whatever they are; light and dark, wide and narrow', async () => {
  const hostile = (await stage.ask('GET', '/sites/wiki/accounts?limit=500&fields=username,name')).items.find(({ name }) => /[<=\u202e]/.test(name));
  assert.ok(hostile, 'the simulated site has hostile names');
  const { page, blameless } = await open();
  await page.goto(`/users?site=wiki&criterion=${encodeURIComponent(`username = "${hostile.username}"`)}`);
  await page.getByText('1–1 of 1').waitFor();
  await assertEveryLook(page, 'users');
  await page.goto(`/users/wiki/${hostile.key}`);
  await page.getByRole('tab', { name: 'What is known' }).waitFor();
  await assertEveryLook(page, 'account');
  await page.goto(`/users/wiki/${hostile.key}?tab=why&criterion=${encodeURIComponent('status = enabled AND (idle >= 90d OR group = "confluence-users")')}`);
  await page.getByRole('region', { name: 'Explanation' }).waitFor();
  await assertEveryLook(page, 'account-why');
  await page.goto(`/users/act?site=wiki&criterion=${encodeURIComponent(`username = "${hostile.username}"`)}`);
  await page.getByText(/What wiki cannot do/).waitFor();
  await assertEveryLook(page, 'bulk');
  blameless();
});
