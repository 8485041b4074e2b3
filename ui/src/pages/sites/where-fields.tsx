// Where a site is, and further certificate authorities to trust.
import Button from '@atlaskit/button/new';
import { Stack } from '@atlaskit/primitives/compiled';
import TextArea from '@atlaskit/textarea';
import Textfield from '@atlaskit/textfield';
import { useState } from 'react';
import { Field } from '@/parts/field';

type Wrong = { message: string } | string | undefined;

interface WhereFieldsProps {
  url: string;
  onUrl: (url: string) => void;
  urlProblem: Wrong;
  authorities: string;
  onAuthorities: (pem: string) => void;
  authoritiesProblem: Wrong;
  /** Whether there may be authorities already, which are not shown. */
  isChange?: boolean;
}

export function WhereFields({ url, onUrl, urlProblem, authorities, onAuthorities, authoritiesProblem, isChange = false }: WhereFieldsProps) {
  const [isAsked, setIsAsked] = useState(false);
  const isShown = isAsked || authorities !== '' || authoritiesProblem !== undefined;
  return (
    <Stack space="space.200">
      <Field label="Address" isRequired problem={urlProblem} help="As in the browser: scheme, host, port and context path.">
        {(control) => <Textfield {...control} type="url" inputMode="url" autoComplete="off" spellCheck={false} placeholder="https://wiki.example.org/confluence" value={url} onChange={(event) => onUrl(event.currentTarget.value)} />}
      </Field>
      {isShown ? (
        <Field label="Certificate authorities (PEM)" problem={authoritiesProblem} help={isChange ? 'Takes the place of those given before. Empty: they stay.' : 'Trusted for this site in addition to the usual ones.'}>
          {(control) => <TextArea {...control} isMonospaced minimumRows={5} value={authorities} onChange={(event) => onAuthorities(event.currentTarget.value)} />}
        </Field>
      ) : (
        <div>
          <Button appearance="subtle" spacing="compact" onClick={() => setIsAsked(true)}>
            Its certificate is from an authority of our own
          </Button>
        </div>
      )}
    </Stack>
  );
}
