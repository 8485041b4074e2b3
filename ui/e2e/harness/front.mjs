// Where the program does not serve the pages itself: serves dist as the program would, with its policy and a nonce for each answer, and
// passes everything else on.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** E2E_DIST names another folder that `vite build --outDir` wrote; then it is shown also where the program carries pages of its own. */
const given = process.env.E2E_DIST;
const dist = given ? pathToFileURL(`${resolve(given)}/`) : new URL('../../dist/', import.meta.url);
const KINDS = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html; charset=utf-8' };
const OF_SERVER = /^\/(api|healthz|readyz|metrics|sign-on|keep)(\/|$|\?)/;

const policy = (nonce) =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;

async function pages(request, response) {
  const path = new URL(request.url, 'http://x').pathname;
  const isFile = path.startsWith('/assets/') && !path.includes('..');
  const nonce = randomBytes(16).toString('base64');
  try {
    const file = await readFile(new URL(isFile ? path.slice(1) : 'index.html', dist));
    response.writeHead(200, {
      'content-type': KINDS[extname(isFile ? path : '.html')] ?? KINDS['.html'],
      'content-security-policy': policy(nonce),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': isFile ? 'public, max-age=31536000, immutable' : 'no-store',
    });
    response.end(isFile ? file : file.toString().replaceAll('__CSP_NONCE__', nonce));
  } catch {
    response.writeHead(404).end();
  }
}

function pass(request, response, server) {
  const { hostname, port } = new URL(server());
  const onward = http.request({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    // A program that dies in the middle of an answer cuts it off here as well.
    answer.on('close', () => answer.complete || response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

/** `server` tells the address of the program at any moment, because it may be started again elsewhere. */
export async function startFront(server) {
  const proxy = http.createServer((request, response) => (OF_SERVER.test(request.url) ? pass(request, response, server) : pages(request, response)));
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        proxy.close(resolve);
        proxy.closeAllConnections();
      }),
  };
}

/** The pages of the program itself, or those of dist in front of it: where it has none, and with E2E_PAGES=dist in any case. */
export async function pagesOf(rollcall) {
  if (process.env.E2E_PAGES === 'dist') return startFront(() => rollcall.url);
  if (given) return startFront(() => rollcall.url);
  const answer = await fetch(`${rollcall.url}/`, { redirect: 'manual' });
  const isItself = answer.ok && (answer.headers.get('content-type') ?? '').startsWith('text/html');
  return isItself ? { url: rollcall.url, stop: async () => undefined } : startFront(() => rollcall.url);
}
