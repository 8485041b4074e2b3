import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import { SESSION_KEY } from '@/frame/session';
import { SignInFields, useSetup, useSignIn } from '@/frame/sign-in-fields';
import { announceSignIn } from '@/frame/sign-in-news';
import { FrontPage } from '@/parts/front-page';
import { pathAfter } from './path-after';

export default function SignIn() {
  const [params] = useSearchParams();
  const client = useQueryClient();
  const navigate = useNavigate();
  const setup = useSetup();
  const returnTo = pathAfter(params.get('return'));
  const form = useSignIn({
    onSignedIn: (session) => {
      client.clear();
      client.setQueryData(SESSION_KEY, session);
      announceSignIn();
      void navigate(returnTo, { replace: true });
    },
  });
  return (
    <FrontPage title="Sign in">
      {setup.data?.isNeeded && (
        <SectionMessage appearance="information" title="There is no admin yet">
          <Text>
            Open the setup link that <code>rollcall serve</code> printed, or make another on its machine: <code>rollcall operators setup-link</code>
          </Text>
        </SectionMessage>
      )}
      <form onSubmit={form.submit} noValidate>
        <Stack space="space.300">
          <SignInFields form={form} returnTo={returnTo} />
          <Button type="submit" appearance="primary" shouldFitContainer isLoading={form.isBusy}>
            Sign in
          </Button>
        </Stack>
      </form>
    </FrontPage>
  );
}
