// The tokens of Atlaskit as one style sheet of the build. Atlaskit's own way loads each theme by a script after the first
// paint and inserts a style element; a sheet is there at once and is what the Content-Security-Policy allows anyway.
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const require = createRequire(import.meta.url);
const THEMES = ['atlassian-light', 'atlassian-dark', 'atlassian-spacing', 'atlassian-typography', 'atlassian-shape', 'atlassian-motion'];
const ID = '/@atlaskit-theme.css';

const text = (path: string): string => (require(path) as { default: string }).default;

export function theme(): Plugin {
  return {
    name: 'atlaskit-theme',
    resolveId: (id) => (id === 'virtual:atlaskit-theme.css' ? ID : null),
    load: (id) => (id === ID ? THEMES.map((name) => text(`@atlaskit/tokens/dist/cjs/artifacts/themes/${name}.js`)).join('\n') : null),
  };
}
