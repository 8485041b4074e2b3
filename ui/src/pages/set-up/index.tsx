// Behind the setup link, where the first admin is made. The token stands behind `#`, which browsers and proxies keep to themselves.
import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import Textfield from '@atlaskit/textfield';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { answerOf, api } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { SESSION_KEY, type Session } from '@/frame/session';
import { useSetup } from '@/frame/sign-in-fields';
import { Field } from '@/parts/field';
import { FrontPage } from '@/parts/front-page';
import { ProblemMessage } from '@/parts/page-states';
import { takeToken } from './token';

const SHOWN = ['/name', '/displayName', '/email', '/password'];

export default function SetUp() {
  const [token] = useState(takeToken);
  const { data } = useSetup();
  if (data && !data.isNeeded) {
    return (
      <FrontPage title="Rollcall is set up">
        <Text>There is an admin already. A setup link is good once.</Text>
        <Link to="/sign-in">Sign in</Link>
      </FrontPage>
    );
  }
  if (token === '') {
    return (
      <FrontPage title="The first admin">
        <SectionMessage appearance="warning" title="This is not the whole setup link">
          <Text>
            It ends with “#” and a long word, and that is missing here. Open it as it was printed, or make another on the machine of Rollcall: <code>rollcall operators setup-link</code>
          </Text>
        </SectionMessage>
      </FrontPage>
    );
  }
  return <FirstAdmin token={token} />;
}

function FirstAdmin({ token }: { token: string }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [fields, setFields] = useState({ name: '', displayName: '', email: '', password: '', again: '' });
  const [wrong, setWrong] = useState<Partial<typeof fields>>({});
  const making = useMutation<Session, Problem>({
    mutationFn: () => {
      const { name, displayName, email, password } = fields;
      const body = { token, name, password, ...(displayName ? { displayName } : {}), ...(email ? { email } : {}) };
      return answerOf(api.POST('/api/v1/setup', { body })).catch((thrown: unknown) => Promise.reject(asProblem(thrown)));
    },
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(SESSION_KEY, session);
      void navigate('/sites', { replace: true });
    },
  });
  const problem = making.error;

  function submit(event: FormEvent) {
    event.preventDefault();
    const found: Partial<typeof fields> = {};
    if (!fields.name.trim()) found.name = 'Give the name that you will sign in with.';
    if ([...fields.password].length < 12) found.password = 'At least 12 characters.';
    else if (fields.password !== fields.again) found.again = 'The two passwords are not the same.';
    setWrong(found);
    if (Object.keys(found).length === 0 && !making.isPending) making.mutate();
  }

  const text = (of: keyof typeof fields) => ({
    value: fields[of],
    onChange: (event: FormEvent<HTMLInputElement>) => setFields({ ...fields, [of]: event.currentTarget.value }),
  });
  return (
    <FrontPage title="The first admin">
      <Text>Whoever opens the setup link becomes the first admin. It is good once, for a day.</Text>
      <form onSubmit={submit} noValidate>
        <Stack space="space.200">
          {problem && (!problem.places.length || problem.elsewhere(SHOWN).length > 0) && <ProblemMessage problem={problem} />}
          <Field label="Name to sign in with" isRequired problem={wrong.name ?? problem?.at('/name')}>
            {(control) => <Textfield {...control} {...text('name')} name="name" autoComplete="username" autoCapitalize="none" spellCheck={false} maxLength={64} autoFocus />}
          </Field>
          <Field label="Full name" problem={problem?.at('/displayName')}>
            {(control) => <Textfield {...control} {...text('displayName')} name="displayName" autoComplete="name" maxLength={200} />}
          </Field>
          <Field label="Mail address" problem={problem?.at('/email')}>
            {(control) => <Textfield {...control} {...text('email')} name="email" type="email" autoComplete="email" maxLength={254} />}
          </Field>
          <Field label="Password" isRequired help="At least 12 characters." problem={wrong.password ?? problem?.at('/password')}>
            {(control) => <Textfield {...control} {...text('password')} name="password" type="password" autoComplete="new-password" maxLength={1024} />}
          </Field>
          <Field label="The same again" isRequired problem={wrong.again}>
            {(control) => <Textfield {...control} {...text('again')} name="again" type="password" autoComplete="new-password" maxLength={1024} />}
          </Field>
          <Button type="submit" appearance="primary" shouldFitContainer isLoading={making.isPending}>
            Become the first admin
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
