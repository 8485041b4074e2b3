import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { theme } from './build/theme.mts';

const path = (of: string) => fileURLToPath(new URL(of, import.meta.url));
// The program that answers the server's own paths while `npm run dev` serves the pages.
const server = process.env.ROLLCALL_URL ?? 'http://127.0.0.1:8474';
const ofServer = ['/api', '/healthz', '/readyz', '/metrics', '/sign-on', '/keep'];

export default defineConfig({
  plugins: [react(), theme()],
  resolve: {
    mainFields: ['module:es2019', 'browser', 'module', 'main'],
    alias: [
      { find: /^@\//, replacement: `${path('./src')}/` },
      // Atlaskit asks a service of Atlassian which experiments are on; here none is, and nobody is asked.
      { find: /^@atlaskit\/feature-gate-js-client(\/.*)?$/, replacement: path('./src/frame/feature-gates.ts') },
    ],
  },
  server: {
    proxy: Object.fromEntries(ofServer.map((at) => [at, { target: server, changeOrigin: false }])),
  },
  build: {
    target: 'es2022',
    manifest: true,
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://rollcall.test/' } },
    setupFiles: ['./src/test-setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    // The first dialog of a file takes seconds on a busy machine.
    testTimeout: 20_000,
    css: { modules: { classNameStrategy: 'non-scoped' } },
    server: { deps: { inline: [/@atlaskit/, /@compiled/] } },
  },
});
