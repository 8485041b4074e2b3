// What makes a page smooth, whatever machine it is on: few requests, small answers, few rows, and no task of its own that holds everything
// else up. How long things take is told and not judged.
import assert from 'node:assert/strict';

/** Longest task of a page in milliseconds: about ten times what is measured. A task during which other programs had the processor took
 * no longer than what the page computed in all. */
const LONGEST_TASK = 2_000;
/** Whatever is done, pages look now and then what else is under way: so often at most, in milliseconds. */
const LOOKS = 5_000;
/** Requests of what was done before may still be answered. */
const LEFT_OVER = 4;
/** Rows of all tables together: a page of a list, with what little stands beside it. */
const MOST_ROWS = 60;
/** Elements of a whole page. */
const MOST_ELEMENTS = 6_000;
const LARGEST_ANSWER = 128 * 1024;

/** Begins before the page is loaded. `during(t, name, {requests}, walk)` looks at what the walk costs. */
export async function measuring(page) {
  await page.addInitScript(() => {
    globalThis.rollcallTasks = [];
    new PerformanceObserver((list) => globalThis.rollcallTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask', buffered: true });
  });
  let answers = [];
  page.on('requestfinished', (request) => {
    if (!new URL(request.url()).pathname.startsWith('/api/')) return;
    const { pathname: path } = new URL(request.url());
    answers.push(request.sizes().then(({ responseBodySize: bytes }) => ({ path, bytes }), () => ({ path, bytes: 0 })));
  });
  const inside = await page.context().newCDPSession(page);
  await inside.send('Performance.enable', { timeDomain: 'threadTicks' });
  /** What the page has computed so far, in milliseconds of the processor. */
  const computed = async () => 1000 * (await inside.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value;

  async function during(t, name, { requests }, walk) {
    answers = [];
    await page.evaluate(() => {
      globalThis.rollcallTasks = [];
    });
    const before = await computed();
    const begun = performance.now();
    await walk();
    const busy = Math.round(Math.max(0, (await computed()) - before));
    const passed = performance.now() - begun;
    const asked = await Promise.all(answers);
    const { tasks, rows, elements } = await page.evaluate(() => ({ tasks: globalThis.rollcallTasks, rows: document.querySelectorAll('tbody tr').length, elements: document.querySelectorAll('*').length }));
    const largest = Math.max(0, ...asked.map(({ bytes }) => bytes));
    const longest = Math.round(Math.max(0, ...tasks));
    t.diagnostic(`${name}: ${Math.round(passed)} ms, ${asked.length} requests, largest answer ${Math.ceil(largest / 1024)} KB, ${rows} rows, ${elements} elements, longest task ${longest} ms, computed ${busy} ms`);
    const most = (typeof requests === 'function' ? requests(passed) : requests) + LEFT_OVER + passed / LOOKS;
    assert.ok(asked.length <= most, `${name}: ${asked.length} requests, more than ${Math.floor(most)}: ${asked.map(({ path }) => path).join(' ')}`);
    assert.ok(largest <= LARGEST_ANSWER, `${name}: an answer of ${largest} bytes`);
    assert.ok(rows <= MOST_ROWS && elements <= MOST_ELEMENTS, `${name}: ${rows} rows, ${elements} elements`);
    assert.ok(Math.min(longest, busy) <= LONGEST_TASK, `${name}: a task of ${longest} ms`);
  }
  return during;
}
