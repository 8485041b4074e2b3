// Light, dark, or as the system is; remembered in this browser. The sheet with the tokens is part of the build, so only the attributes on
// <html> change.
import { setGlobalTheme } from '@atlaskit/tokens/set-global-theme';
import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | 'auto';

const KEY = 'rollcall.theme';
const listeners = new Set<() => void>();

function remembered(): Theme {
  try {
    const found = localStorage.getItem(KEY);
    return found === 'light' || found === 'dark' ? found : 'auto';
  } catch {
    return 'auto';
  }
}

let current: Theme = remembered();

const alreadyLoaded = () => undefined;

function apply(): void {
  void setGlobalTheme({ colorMode: current, light: 'light', dark: 'dark', spacing: 'spacing', typography: 'typography', shape: 'shape', motion: 'motion' }, alreadyLoaded);
}

export function startTheme(): void {
  apply();
}

export function chooseTheme(theme: Theme): void {
  current = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing still shows it until it is closed.
  }
  apply();
  for (const tell of listeners) tell();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => current,
  );
}
