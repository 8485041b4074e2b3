import { createBrowserRouter } from 'react-router';
import { Root } from './root';

/** Everything is behind the sign-in but the pages that lead to it. */
export const router = createBrowserRouter([
  {
    Component: Root,
    // While the first page is loaded there is nothing to show; it takes a moment.
    HydrateFallback: () => null,
    children: [
      { path: '/sign-in', lazy: { Component: async () => (await import('@/pages/sign-in')).default } },
      { path: '/signed-in', lazy: { Component: async () => (await import('@/pages/sign-in/signed-in')).default } },
      { path: '/setup', lazy: { Component: async () => (await import('@/pages/set-up')).default } },
      { path: '*', lazy: { Component: async () => (await import('./signed-in')).SignedIn } },
    ],
  },
]);
