// Name, password and single sign-on: on the page and in the dialog over a page.
import { LinkButton } from '@atlaskit/button/new';
import { Stack } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { answerOf, api } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { Field } from '@/parts/field';
import { ProblemMessage } from '@/parts/page-states';
import type { Session } from './session';

export interface SignInForm {
  name: string;
  password: string;
  setName: (name: string) => void;
  setPassword: (password: string) => void;
  missing: { name?: string; password?: string };
  problem: Problem | undefined;
  isBusy: boolean;
  submit: (event: FormEvent) => void;
  passwordRef: React.RefObject<HTMLInputElement>;
}

export function useSignIn({ name: first = '', onSignedIn }: { name?: string; onSignedIn: (session: Session) => void }): SignInForm {
  const [name, setName] = useState(first);
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<SignInForm['missing']>({});
  const passwordRef = useRef<HTMLInputElement>(null);
  const signIn = useMutation<Session, Problem, { name: string; password: string }>({
    mutationFn: (body) => answerOf(api.POST('/api/v1/session', { body })).catch((thrown: unknown) => Promise.reject(asProblem(thrown))),
    onSuccess: onSignedIn,
    onError: () => {
      passwordRef.current?.focus();
      passwordRef.current?.select();
    },
  });
  return {
    name,
    password,
    setName,
    setPassword,
    missing,
    problem: signIn.error ?? undefined,
    isBusy: signIn.isPending,
    passwordRef,
    submit: (event) => {
      event.preventDefault();
      if (signIn.isPending) return;
      const lacking = { ...(name.trim() ? {} : { name: 'Give your name.' }), ...(password ? {} : { password: 'Give your password.' }) };
      setMissing(lacking);
      if (Object.keys(lacking).length === 0) signIn.mutate({ name: name.trim(), password });
    },
  };
}

/** How people can get in. */
export function useSetup() {
  return useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/setup', { signal })),
    staleTime: 60_000,
  });
}

interface SignInFieldsProps {
  form: SignInForm;
  /** Over a page that must stay as it is: single sign-on opens a tab of its own. */
  isShort?: boolean;
  /** Where single sign-on leads. */
  returnTo?: string;
}

export function SignInFields({ form, isShort = false, returnTo = '/signed-in' }: SignInFieldsProps) {
  const { problem } = form;
  const signOn = useSetup().data?.signOn;
  const refused = problem?.code === 'sign-in-refused' ? 'Name or password is wrong.' : undefined;
  const wait = problem?.status === 429 && problem.retryAfter ? ` The next attempt can be made in ${Math.ceil(problem.retryAfter / 60)} min.` : '';
  return (
    <Stack space="space.200">
      {problem && !refused && <ProblemMessage problem={problem} {...(wait ? { title: `${problem.title}.${wait}` } : {})} />}
      <Field label="Name" isRequired problem={form.missing.name}>
        {(control) => <Textfield {...control} name="name" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={200} autoFocus={!isShort} value={form.name} onChange={(event) => form.setName(event.currentTarget.value)} />}
      </Field>
      <Field label="Password" isRequired problem={form.missing.password ?? refused}>
        {(control) => (
          <Textfield {...control} ref={form.passwordRef} name="password" type="password" autoComplete="current-password" maxLength={1024} autoFocus={isShort} value={form.password} onChange={(event) => form.setPassword(event.currentTarget.value)} />
        )}
      </Field>
      {signOn && (
        <LinkButton href={`${signOn.url}?${new URLSearchParams({ return: returnTo })}`} {...(isShort ? { target: '_blank', rel: 'noopener' } : {})} shouldFitContainer>
          {signOn.text}
        </LinkButton>
      )}
    </Stack>
  );
}
