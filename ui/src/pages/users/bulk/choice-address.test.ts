import { expect, test } from 'vitest';
import { type Choice, NOTHING } from './choice';
import { fromAddress, inAddress } from './choice-address';

const read = (address: string) => fromAddress(new URLSearchParams(address));

test('everything that is chosen comes back from the address', () => {
  const choice: Choice = {
    kinds: ['remove-groups', 'add-groups', 'disable', 'change-directory'],
    joins: ['former staff', 'a,b & c'],
    leaves: ['confluence-users'],
    directory: 'LDAP',
    move: 'copy',
    mode: 'live',
    limits: { accounts: '20', percent: '12.5', 'minimum-idle': '0d', canary: '', failures: 'many' },
  };
  expect(read(inAddress(choice).toString())).toEqual(choice);
});

test('nothing chosen makes no address, and an address without makes nothing', () => {
  expect(inAddress(NOTHING).toString()).toBe('');
  expect(read('site=wiki&criterion=all')).toEqual(NOTHING);
});

test('what the form would not let anybody choose is not taken from an address', () => {
  expect(read('do=enable&do=disable&do=nonsense').kinds).toEqual(['disable']);
  expect(read('do=delete&do=notify&mode=livid&move=away')).toEqual({ ...NOTHING, kinds: ['notify', 'delete'] });
});
