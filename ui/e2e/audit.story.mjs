// What was done, by whom, and that nothing was rewritten.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { assertAccessible, picture } from './harness/browser.mjs';
import { addOperator, demo, test } from './harness/stage.mjs';

const stage = demo();

const open = (path) => stage.signedIn('the-viewer', { at: path });

test('filtered by kind and person, the filter stands in the address', async () => {
  const { page, blameless } = await open('/audit');
  const table = page.getByRole('table', { name: 'Audit log' });
  await table.waitFor();
  await assertAccessible(page);
  await page.getByLabel('What').click();
  await page.getByText('Operators: everything', { exact: true }).click();
  await page.waitForURL(/kind=operator/);
  await table.getByText('operator.added').first().waitFor();
  await page.getByLabel('Policy').fill('no-such-policy');
  await page.waitForURL(/policy=no-such-policy/);
  await page.getByText('No entry fits').waitFor();
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Clear filter' }).first().click();
  await table.waitFor();
  assert.equal(new URL(page.url()).search, '');
  const today = await page.evaluate(() => new Date().toLocaleDateString('sv-SE'));
  await page.getByLabel('From day').fill(today);
  await page.waitForURL(/since=/);
  await table.waitFor();
  await picture(page, 'audit-filtered');
  blameless();
});

test('one entry: before and after, hashes, and an address of its own', async () => {
  await addOperator(stage.folder.data, 'temp', 'viewer', 'Temp <img src=x>');
  const entry = (await stage.ask('GET', '/audit?kind=operator.added&limit=1')).items[0];
  const { page, blameless } = await open(`/audit?kind=snapshot&entry=${entry.seq}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('operator.added').waitFor();
  await dialog.getByText('Temp <img src=x>').waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0, 'names are text');
  await dialog.getByText(entry.hash).waitFor();
  await dialog.getByText(entry.previousHash).waitFor();
  await assertAccessible(page);
  await picture(page, 'audit-entry');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('table', { name: 'Audit log' }).getByRole('button').first().click();
  await dialog.getByText('snapshot.').first().waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  blameless();
});

test('an entry that is not there is said to be not there', async () => {
  const { page, blameless, expectStatus } = await open('/audit?entry=99999999');
  expectStatus(404, '/api/v1/audit/99999999');
  await page.getByText('Entry 99999999 cannot be found').waitFor();
  await assertAccessible(page);
  blameless();
});

test('the chain is verified, also against a head that somebody kept, and exported', async () => {
  const head = (await stage.ask('GET', '/audit/head')).head;
  const { page, blameless } = await open('/audit');
  await page.getByRole('button', { name: 'Verify' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Heads that you kept').fill(head);
  await dialog.getByRole('button', { name: 'Verify' }).click();
  await dialog.getByText('The log is whole').waitFor();
  await assertAccessible(page);
  await picture(page, 'audit-verified');
  const [seq] = head.split(':');
  await dialog.getByLabel('Heads that you kept').fill(`${seq}:${'ab'.repeat(32)}`);
  await dialog.getByRole('button', { name: 'Verify' }).click();
  await dialog.getByText(/not whole|is broken/).waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  const waits = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const file = await readFile(await (await waits).path(), 'utf8');
  assert.equal(JSON.parse(file.split('\n')[0]).seq, 1, 'from the first entry on');
  blameless();
});
