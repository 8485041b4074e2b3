// The mail that the texts make, as they stand now: asked for once somebody pauses typing. Whoever may not keep texts sees the mail of those in use.
import Heading from '@atlaskit/heading';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { newKey } from '@/api/idempotency';
import { type Problem, asProblem } from '@/api/problems';
import { HostileText } from '@/parts/hostile-text';
import { MailBody } from '@/parts/mail-body';
import { Loading, ProblemMessage, sentence } from '@/parts/page-states';

interface TemplatePreviewProps {
  name: string;
  /** Absent: those in use. */
  texts: Schemas['TemplateTexts'] | undefined;
  /** Where the texts are wrong; absent: they are not. */
  onProblem: (problem: Problem | undefined) => void;
}

export function TemplatePreview({ name, texts, onProblem }: TemplatePreviewProps) {
  const now = JSON.stringify({ texts });
  const [asked, setAsked] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(now), 400);
    return () => clearTimeout(timer);
  }, [now]);
  const { data, error } = useQuery({
    queryKey: ['template-preview', name, asked],
    queryFn: ({ signal }) =>
      answerOf(
        api.POST('/api/v1/templates/{template}/preview', {
          params: { path: { template: name }, header: { 'idempotency-key': newKey() } },
          body: JSON.parse(asked) as Schemas['TemplatePreviewRequest'],
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const problem = error ? asProblem(error) : undefined;
  const isOfTexts = problem !== undefined && problem.places.some(({ at }) => /^\/(texts\/)?(subject|text|html)$/.test(at));
  useEffect(() => {
    onProblem(isOfTexts ? problem : undefined);
    // Another problem is another error.
  }, [error]);
  return (
    <section aria-labelledby="preview">
      <Stack space="space.150">
        <Heading size="xsmall" as="h3" id="preview">
          Preview
        </Heading>
        <div aria-live="polite">
          {problem && !isOfTexts && <ProblemMessage problem={problem} />}
          {isOfTexts && <Text color="color.text.danger">The texts are refused: {problem.places.map(({ message }) => sentence(message)).join(' ')} The preview comes back when that is mended.</Text>}
        </div>
        {!data && !error && <Loading what="the preview" />}
        {data && !error && (
          <>
            <Text weight="medium">
              <HostileText text={data.subject.trim()} />
            </Text>
            <MailBody id={`preview-${name}`} text={data.text} html={data.html} />
          </>
        )}
      </Stack>
    </section>
  );
}
