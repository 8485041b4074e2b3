// The pages, where they are, and who finds them in the navigation. Each is loaded when it is first opened.
import type { ComponentType } from 'react';
import type { Role } from './session';

export interface Page {
  /** As react-router writes paths. */
  path: string;
  load: () => Promise<{ default: ComponentType }>;
}

export const PAGES: readonly Page[] = [
  { path: '/', load: () => import('@/pages/overview') },
  { path: '/users/*', load: () => import('@/pages/users') },
  { path: '/policies/*', load: () => import('@/pages/policies') },
  { path: '/plans/*', load: () => import('@/pages/plans') },
  { path: '/runs/*', load: () => import('@/pages/runs') },
  { path: '/audit/*', load: () => import('@/pages/audit') },
  { path: '/sites/*', load: () => import('@/pages/sites') },
  { path: '/settings/*', load: () => import('@/pages/settings') },
  { path: '/tokens/*', load: () => import('@/pages/tokens') },
];

export interface Place {
  to: string;
  text: string;
  icon: 'overview' | 'users' | 'policies' | 'plans' | 'runs' | 'audit' | 'sites' | 'settings';
  needs?: Role;
}

export const NAVIGATION: readonly { title?: string; places: readonly Place[] }[] = [
  {
    places: [
      { to: '/', text: 'Overview', icon: 'overview' },
      { to: '/users', text: 'Users', icon: 'users' },
      { to: '/policies', text: 'Policies', icon: 'policies' },
      { to: '/plans', text: 'Plans', icon: 'plans' },
      { to: '/runs', text: 'Runs', icon: 'runs' },
      { to: '/audit', text: 'Audit', icon: 'audit' },
    ],
  },
  {
    title: 'Administration',
    places: [
      { to: '/sites', text: 'Sites', icon: 'sites' },
      { to: '/settings', text: 'Settings', icon: 'settings', needs: 'operator' },
    ],
  },
];
