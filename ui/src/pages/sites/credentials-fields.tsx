// How Rollcall signs in at a site: a personal access token, or a name and a password.
import { RadioGroup } from '@atlaskit/radio';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { useId } from 'react';
import type { Schemas } from '@/api/client';
import type { Problem } from '@/api/problems';
import { Field } from '@/parts/field';

export interface GivenCredentials {
  way: 'token' | 'password';
  token: string;
  username: string;
  password: string;
}

export const NO_CREDENTIALS: GivenCredentials = { way: 'token', token: '', username: '', password: '' };

export const CREDENTIAL_PLACES = ['/credentials', '/credentials/token', '/credentials/username', '/credentials/password'] as const;

export const sentCredentials = ({ way, token, username, password }: GivenCredentials): Schemas['GivenCredentials'] => (way === 'token' ? { token: token.trim() } : { username, password });

/** What is missing, by its place; the server finds what is wrong. */
export function missingCredentials({ way, token, username, password }: GivenCredentials): Record<string, string> {
  if (way === 'token') return token.trim() ? {} : { '/credentials/token': 'Paste the token.' };
  return { ...(username ? {} : { '/credentials/username': 'Give the sign-in name.' }), ...(password ? {} : { '/credentials/password': 'Give the password.' }) };
}

interface CredentialsFieldsProps {
  value: GivenCredentials;
  onChange: (value: GivenCredentials) => void;
  missing: Record<string, string>;
  problem: Problem | undefined;
}

export function CredentialsFields({ value, onChange, missing, problem }: CredentialsFieldsProps) {
  const label = useId();
  const at = (place: string) => missing[place] ?? problem?.at(place);
  const set = (change: Partial<GivenCredentials>) => onChange({ ...value, ...change });
  return (
    <Stack space="space.200">
      <Stack space="space.050">
        <Text weight="medium" id={label}>
          Rollcall signs in by
        </Text>
        <RadioGroup
          aria-labelledby={label}
          name="way"
          value={value.way}
          onChange={(event) => set({ way: event.currentTarget.value === 'token' ? 'token' : 'password' })}
          options={[
            { name: 'way', value: 'token', label: 'Personal access token (Confluence 7.9 and later)' },
            { name: 'way', value: 'password', label: 'Name and password' },
          ]}
        />
      </Stack>
      {value.way === 'token' ? (
        <Field label="Token" isRequired problem={at('/credentials/token') ?? at('/credentials')} help="Made in Confluence by the account that Rollcall is to use: picture at the top right, Settings, Personal Access Tokens. That account must be an administrator.">
          {(control) => <Textfield {...control} type="password" autoComplete="off" value={value.token} onChange={(event) => set({ token: event.currentTarget.value })} />}
        </Field>
      ) : (
        <>
          <Field label="Sign-in name" isRequired problem={at('/credentials/username') ?? at('/credentials')} help="An account of its own with the permission to administer Confluence. Rollcall never changes this account.">
            {(control) => <Textfield {...control} autoComplete="off" value={value.username} onChange={(event) => set({ username: event.currentTarget.value })} />}
          </Field>
          <Field label="Password" isRequired problem={at('/credentials/password')} help="It is tried once: three wrong ones would lock the account behind a CAPTCHA.">
            {(control) => <Textfield {...control} type="password" autoComplete="new-password" value={value.password} onChange={(event) => set({ password: event.currentTarget.value })} />}
          </Field>
        </>
      )}
    </Stack>
  );
}
