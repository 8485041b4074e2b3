import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

// What browsers have and jsdom has not, and Atlaskit asks for when it is loaded.
window.matchMedia ??= (media) => ({ media, matches: false, onchange: null, addListener: () => undefined, removeListener: () => undefined, addEventListener: () => undefined, removeEventListener: () => undefined, dispatchEvent: () => false });
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

afterEach(cleanup);
