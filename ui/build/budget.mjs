// What a browser loads before the first page can be used must stay small: everything that the entry, the shell and the page itself import,
// with their sheets, as gzip.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const LIMIT = 400 * 1024;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8'));

// The sign-in page needs no shell, the overview needs both.
const first = {
  'sign-in': ['index.html', 'src/pages/sign-in/index.tsx'],
  overview: ['index.html', 'src/frame/signed-in.tsx', 'src/pages/overview/index.tsx'],
};

function filesOf(entries) {
  const seen = new Set();
  const files = new Set();
  const visit = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const chunk = manifest[name];
    if (!chunk) throw new Error(`the build has no ${name}`);
    for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  entries.forEach(visit);
  return [...files];
}

const size = async (file) => gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length;
let isOver = false;
for (const [page, entries] of Object.entries(first)) {
  const files = await Promise.all(filesOf(entries).map(async (file) => [file, await size(file)]));
  const sum = files.reduce((all, [, bytes]) => all + bytes, (await size('index.html')));
  console.log(`${page}: ${Math.ceil(sum / 1024)} of ${LIMIT / 1024} KB gzip in ${files.length + 1} files`);
  if (sum > LIMIT || process.argv.includes('--list')) {
    for (const [file, bytes] of files.sort((a, b) => b[1] - a[1])) console.log(`  ${Math.ceil(bytes / 1024)} KB ${file}`);
  }
  isOver ||= sum > LIMIT;
}
if (isOver) {
  console.error('Too much for the first page: load what it does not show at once lazily.');
  process.exit(1);
}
