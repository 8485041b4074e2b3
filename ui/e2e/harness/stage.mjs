// What most stories need: the demo, the pages, a browser, and an operator for each role.
import { openBrowser, openWindow } from './browser.mjs';
import { pagesOf } from './front.mjs';
import { ask, newFolder, startDemo } from './rollcall.mjs';

export const PASSWORD = 'correct horse battery staple';

export async function setStage({ accounts = 300 } = {}) {
  const folder = await newFolder();
  const closing = [folder.remove];
  const close = async () => {
    for (const step of closing.reverse()) await step();
  };
  try {
    const rollcall = await startDemo({ data: folder.data, accounts });
    closing.push(rollcall.stop);
    for (const role of ['viewer', 'operator', 'approver', 'admin']) {
      await ask(rollcall, 'POST', '/operators', { name: `the-${role}`, displayName: `The ${role}`, role, password: PASSWORD });
    }
    const pages = await pagesOf(rollcall);
    closing.push(pages.stop);
    const browser = await openBrowser();
    closing.push(() => browser.close());
    return { rollcall, url: pages.url, folder, ask: (...what) => ask(rollcall, ...what), window: (options = {}) => openWindow(browser, { url: pages.url, ...options }), close };
  } catch (error) {
    await close();
    throw error;
  }
}
