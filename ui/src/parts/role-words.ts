// What each role may do, in a line.
import type { Schemas } from '@/api/client';

export const ROLES: readonly (readonly [Schemas['Role'], string])[] = [
  ['viewer', 'sees everything but operators'],
  ['operator', 'also reads sites, makes plans, runs and undoes them, keeps policies and lists'],
  ['approver', 'also approves plans and switches policies live'],
  ['admin', 'also connects sites and sets everything under Settings'],
];
