// What lets programs sign in as whoever is signed in; and their own sessions and password, which nobody else needs to see.
import Button from '@atlaskit/button/new';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Stack } from '@atlaskit/primitives/compiled';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useSession } from '@/frame/session';
import { PageHead } from '@/parts/page-head';
import { Empty } from '@/parts/page-states';
import { PasswordDialog } from '@/parts/password-dialog';
import { SecretOnce } from '@/parts/secret-once';
import { Section } from '@/parts/section';
import { SessionsOf } from '@/parts/sessions-of';
import { TokensOf } from '@/parts/tokens-of';
import { NewToken } from './new-token';

export default function Tokens() {
  const { operator } = useSession();
  const [isMaking, setIsMaking] = useState(false);
  const [isChanging, setIsChanging] = useState(false);
  const [made, setMade] = useState<Schemas['MadeToken']>();
  return (
    <>
      <PageHead
        title="My tokens"
        actions={
          <Button appearance="primary" onClick={() => setIsMaking(true)}>
            Make a token
          </Button>
        }
      >
        With a token a program signs in as you. It may never do more than you may.
      </PageHead>
      <Stack space="space.400">
        <TokensOf owner={operator.name} empty={<Empty title="No tokens">A program that is to use the API of Rollcall needs one: make it, and give it the secret.</Empty>} />
        <Section title="My sessions" actions={operator.signsIn === 'password' && <Button onClick={() => setIsChanging(true)}>Change password</Button>}>
          <SessionsOf operator={operator.name} />
        </Section>
      </Stack>
      <ModalTransition>
        {isMaking && (
          <NewToken
            onClose={() => setIsMaking(false)}
            onMade={(answer) => {
              setIsMaking(false);
              setMade(answer);
            }}
          />
        )}
      </ModalTransition>
      <ModalTransition>{isChanging && <PasswordDialog operator={operator.name} isSelf onClose={() => setIsChanging(false)} />}</ModalTransition>
      <SecretOnce secret={made?.secret} title="The token is made" label="Token" onClose={() => setMade(undefined)}>
        The program sends it in the header “Authorization: Bearer …”.
      </SecretOnce>
    </>
  );
}
