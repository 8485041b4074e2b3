import { expect, test } from 'vitest';
import { BLANK, type PolicyDocument, fromYaml, lineOf, numberOrText, sent, toYaml, valueAt, withValue } from './document';

const policy: PolicyDocument = {
  name: 'reclaim',
  sites: ['wiki'],
  select: 'status = enabled AND idle >= 90d',
  actions: [{ 'remove-groups': ['confluence-users'] }, 'disable'],
  limits: { percent: 5 },
};

test('a policy survives the way to YAML and back, in the form of a file or by itself', () => {
  expect(fromYaml(toYaml(policy))).toEqual({ document: policy });
  expect(fromYaml(`policies:\n  - name: reclaim\n    sites: [wiki]`)).toEqual({ document: { name: 'reclaim', sites: ['wiki'] } });
});

test('what is no policy is told with its line', () => {
  expect(fromYaml('name: a\nsites: [wiki')).toMatchObject({ fault: { line: 2 } });
  expect(fromYaml('- a\n- b')).toMatchObject({ fault: { line: 1 } });
  expect(fromYaml('policies:\n  - name: a\n  - name: b')).toMatchObject({ fault: { message: expect.stringContaining('one policy') } });
  expect(fromYaml('name: a\nname: b')).toHaveProperty('fault');
  expect(fromYaml('a: &x [1]\nb: *x')).toHaveProperty('fault');
  expect(fromYaml('')).toHaveProperty('fault');
});

test('a place of the policy is found in the text, or what contains it', () => {
  const text = 'name: a\nlimits:\n  percent: 500\nactions:\n  - disable\n  - nothing\n';
  expect(lineOf(text, '/limits/percent')).toBe(3);
  expect(lineOf(text, '/actions/1')).toBe(6);
  expect(lineOf(text, '/limits/growth')).toBe(3);
  expect(lineOf(text, '/report')).toBeUndefined();
  expect(lineOf('policies:\n  - name: a\n    grace: x\n', '/grace')).toBe(3);
});

test('values are set and taken away without touching the rest', () => {
  expect(withValue(policy, '/limits/growth', '3x')).toEqual({ ...policy, limits: { percent: 5, growth: '3x' } });
  expect(withValue(policy, '/schedule/cron', '0 6 * * *').schedule).toEqual({ cron: '0 6 * * *' });
  expect(withValue(policy, '/limits', undefined)).not.toHaveProperty('limits');
  expect(policy.limits).toEqual({ percent: 5 });
  expect(valueAt(policy, '/actions/0/remove-groups/0')).toBe('confluence-users');
});

test('what is empty and may be left out is not sent; what is required is', () => {
  const bare = sent({ ...BLANK, on: [], approval: {} });
  expect(bare).not.toHaveProperty('description');
  expect(bare).not.toHaveProperty('on');
  expect(bare).not.toHaveProperty('approval');
  expect(bare).toMatchObject({ name: '', sites: [], actions: [] });
});

test('a number is sent as one, anything else as it was typed', () => {
  expect(numberOrText('2.5')).toBe(2.5);
  expect(numberOrText('many')).toBe('many');
  expect(numberOrText(' ')).toBeUndefined();
});
