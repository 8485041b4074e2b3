// Connects a site, step by step: where it is, how to sign in, what can be done there, and its first snapshot.
import Button from '@atlaskit/button/new';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import Textfield from '@atlaskit/textfield';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { asProblem } from '@/api/problems';
import { Field } from '@/parts/field';
import { FormColumn } from '@/parts/form-column';
import { PageHead } from '@/parts/page-head';
import { ProblemMessage } from '@/parts/page-states';
import { Steps } from '@/parts/steps';
import styles from './connect-site.module.css';
import { CREDENTIAL_PLACES, CredentialsFields, NO_CREDENTIALS, missingCredentials, sentCredentials } from './credentials-fields';
import { ProfileView } from './profile-view';
import { ReadSite } from './read-site';
import { RecordsEveryLogin } from './records-every-login';
import { profileKey } from './use-profile';
import { WhereFields } from './where-fields';
import { productOf } from './words';

const STEPS = [
  { id: 'where', title: 'Where it is' },
  { id: 'sign-in', title: 'How to sign in' },
  { id: 'can', title: 'What can be done' },
  { id: 'snapshot', title: 'First snapshot' },
] as const;
type Step = (typeof STEPS)[number]['id'];
const WHERE = ['/name', '/url', '/certificateAuthorities', '/kind'];

export function ConnectSite({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>('where');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [authorities, setAuthorities] = useState('');
  const [credentials, setCredentials] = useState(NO_CREDENTIALS);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const [recordsEveryLogin, setRecordsEveryLogin] = useState(false);
  const [profile, setProfile] = useState<Schemas['Profile']>();
  const heading = useRef<HTMLHeadingElement>(null);
  const shownStep = useRef<Step>('where');
  const body: Schemas['NewSite'] = {
    name: name.trim(),
    kind: 'confluence-dc',
    url: url.trim(),
    credentials: sentCredentials(credentials),
    ...(authorities.trim() ? { certificateAuthorities: authorities } : {}),
    // What is left out stays as it usually is.
    ...(recordsEveryLogin ? { settings: { recordsEveryLogin } as Schemas['SiteSettings'] } : {}),
  };
  const attempt = useMutation({ mutationFn: ({ name: _, ...asked }: Schemas['NewSite']) => answerOf(api.POST('/api/v1/sites/try', { body: asked })) });
  const connect = useIntention((sent: Schemas['NewSite'], key) => answerOf(api.POST('/api/v1/sites', { params: { header: { 'idempotency-key': key } }, body: sent })));
  const thrown = connect.error ?? attempt.error;
  const problem = thrown ? asProblem(thrown) : undefined;

  // Whoever follows by keyboard or by ear is where the step begins.
  useEffect(() => {
    if (shownStep.current !== step) heading.current?.focus();
    shownStep.current = step;
  }, [step]);

  function toCredentials() {
    const lacks = { ...(name.trim() ? {} : { '/name': 'Give it a name.' }), ...(url.trim() ? {} : { '/url': 'Give its address.' }) };
    setMissing(lacks);
    if (Object.keys(lacks).length > 0) return;
    forget();
    setStep('sign-in');
  }

  function forget() {
    connect.reset();
    attempt.reset();
  }

  /** What the server finds wrong is shown where it was given. */
  function backTo(wrong: unknown) {
    const { places } = asProblem(wrong);
    if (places.some(({ at }) => WHERE.includes(at))) setStep('where');
    else if (places.some(({ at }) => at.startsWith('/credentials'))) setStep('sign-in');
  }

  async function toTested() {
    const lacks = missingCredentials(credentials);
    setMissing(lacks);
    if (Object.keys(lacks).length > 0) return;
    forget();
    try {
      setProfile(await attempt.mutateAsync(body));
      setStep('can');
    } catch (wrong) {
      backTo(wrong);
    }
  }

  async function toConnected() {
    try {
      const { site, profile: said } = await connect.mutateAsync(body);
      client.setQueryData(profileKey(site.name), { profile: said, at: new Date().toISOString() });
      for (const key of ['sites', 'overview']) void client.invalidateQueries({ queryKey: [key] });
      setCredentials(NO_CREDENTIALS);
      setStep('snapshot');
    } catch (wrong) {
      backTo(wrong);
    }
  }

  const isBusy = attempt.isPending || connect.isPending;
  const cancel = (
    <Button key="cancel" appearance="subtle" onClick={onClose} isDisabled={isBusy}>
      Cancel
    </Button>
  );
  const site = name.trim();
  return (
    <>
      <PageHead title="Connect a site" trail={[{ text: 'Sites', to: '/sites' }]}>
        Rollcall asks a site over its remote API with an account that you give. Nothing is installed there, and connecting changes nothing.
      </PageHead>
      <Stack space="space.300">
        <Steps label="Steps" steps={STEPS} now={step} />
        <h2 ref={heading} tabIndex={-1} className={styles.step}>
          {STEPS.find(({ id }) => id === step)?.title}
        </h2>
        {step === 'where' && (
          <FormColumn
            label="Where the site is"
            onSubmit={toCredentials}
            problem={problem}
            shown={WHERE}
            buttons={[
              <Button key="go" type="submit" appearance="primary">
                Next
              </Button>,
              cancel,
            ]}
          >
            <Field label="Name" isRequired problem={missing['/name'] ?? problem?.at('/name')} help="How it is called in Rollcall and in policies. Letters, digits, hyphens, underscores and dots; it cannot be changed later.">
              {(control) => <Textfield {...control} autoComplete="off" autoFocus placeholder="wiki" value={name} onChange={(event) => setName(event.currentTarget.value)} />}
            </Field>
            <WhereFields url={url} onUrl={setUrl} urlProblem={missing['/url'] ?? problem?.at('/url')} authorities={authorities} onAuthorities={setAuthorities} authoritiesProblem={problem?.at('/certificateAuthorities')} />
            <Text color="color.text.subtle">Product: Confluence Server and Data Center. The version is found by asking.</Text>
          </FormColumn>
        )}
        {step === 'sign-in' && (
          <FormColumn
            label="How Rollcall signs in"
            onSubmit={() => void toTested()}
            problem={problem}
            shown={CREDENTIAL_PLACES}
            buttons={[
              <Button key="go" type="submit" appearance="primary" isLoading={isBusy}>
                Test the connection
              </Button>,
              <Button key="back" onClick={() => setStep('where')} isDisabled={isBusy}>
                Back
              </Button>,
              cancel,
            ]}
          >
            <CredentialsFields value={credentials} onChange={setCredentials} missing={missing} problem={problem} />
            <Text color="color.text.subtle">The site is asked who it is and what the account may do. Nothing is kept yet.</Text>
          </FormColumn>
        )}
        {step === 'can' && profile && (
          <>
            <SectionMessage appearance="success" title={`The site answers: ${productOf(profile.product)} ${profile.version ?? ''}`}>
              Look at what can be done there. With “Connect” it is kept.
            </SectionMessage>
            <ProfileView profile={profile} />
            <RecordsEveryLogin isChecked={recordsEveryLogin} onChange={setRecordsEveryLogin} />
            {problem && <ProblemMessage problem={problem} />}
            <Inline space="space.100" shouldWrap rowSpace="space.100">
              <Button appearance="primary" onClick={() => void toConnected()} isLoading={connect.isPending}>
                Connect
              </Button>
              <Button onClick={() => setStep('sign-in')} isDisabled={isBusy}>
                Back
              </Button>
              {cancel}
            </Inline>
          </>
        )}
        {step === 'snapshot' && (
          <>
            <ReadSite site={site} isAtOnce />
            <Inline space="space.100" shouldWrap rowSpace="space.100">
              <Button appearance="primary" onClick={() => navigate(`/users?site=${site}`)}>
                To the users
              </Button>
              <Button onClick={() => navigate(`/sites/${site}`)}>To the site</Button>
            </Inline>
          </>
        )}
      </Stack>
    </>
  );
}
