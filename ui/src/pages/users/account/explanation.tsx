// A criterion for one account, condition by condition: what is asked, what is known, by which evidence, and what comes out.
import Lozenge from '@atlaskit/lozenge';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { sentence } from '@/parts/page-states';
import { KnownValue } from '../known-value';
import styles from './account.module.css';

export type Verdict = 'true' | 'false' | 'unknown';

interface Proof {
  source: string;
  kind: string;
  at: string | null;
  age?: string;
  says: string;
}

export interface Step {
  text: string;
  verdict: Verdict;
  value?: unknown;
  evidence?: Proof[];
  notes?: string[];
  steps?: Step[];
}

export interface Explained {
  at: string;
  snapshotTakenAt: string;
  verdict: Verdict;
  step: Step;
  /** Why it is left alone all the same. */
  protection: { code: string; why: string; until: string | null } | null;
}

const PROTECTED = { words: 'Selected, but protected', appearance: 'moved' } as const;

const ANSWER: Record<Verdict, { words: string; appearance: 'success' | 'default' | 'moved' }> = {
  true: { words: 'Selected', appearance: 'success' },
  false: { words: 'Not selected', appearance: 'default' },
  unknown: { words: 'Not selected: it cannot be told', appearance: 'moved' },
};

const LOOK: Record<Verdict, { words: string; appearance: 'success' | 'removed' | 'moved' }> = {
  true: { words: 'true', appearance: 'success' },
  false: { words: 'false', appearance: 'removed' },
  unknown: { words: 'unknown', appearance: 'moved' },
};

const JOINTS: Record<string, string> = { AND: 'All of these', OR: 'At least one of these', NOT: 'Not this', all: 'Everybody' };

export function Explanation({ explained }: { explained: Explained }) {
  const { verdict, protection } = explained;
  const { words, appearance } = verdict === 'true' && protection ? PROTECTED : ANSWER[verdict];
  return (
    <section aria-label="Explanation">
      <Stack space="space.200">
        <div role="status">
          <Inline space="space.100" alignBlock="center" shouldWrap>
            <Lozenge appearance={appearance}>{words}</Lozenge>
            <Text size="small" color="color.text.subtle">
              by what was known when the site was read <Instant at={explained.snapshotTakenAt} />
            </Text>
          </Inline>
        </div>
        {protection && (
          <Text>
            {verdict === 'true' ? 'It is selected, and left alone because it is protected: ' : 'It would be left alone even if it were selected, because it is protected: '}
            <HostileText text={protection.why} />
            {protection.until && (
              <>
                {' '}
                (until <Instant at={protection.until} as="time" />)
              </>
            )}
            .
          </Text>
        )}
        {verdict === 'unknown' && <Text>Something that the criterion asks is not known of this account. Only what is known to be true selects; what is not known never does.</Text>}
        <ul className={styles.steps}>
          <StepShown step={explained.step} />
        </ul>
      </Stack>
    </section>
  );
}

function StepShown({ step }: { step: Step }) {
  const { words, appearance } = LOOK[step.verdict];
  const isJoint = (step.steps?.length ?? 0) > 0 || step.text === 'all';
  return (
    <li className={styles.explained} data-verdict={step.verdict}>
      <div className={styles.asked}>
        <Lozenge appearance={appearance}>{words}</Lozenge>
        {isJoint ? <strong>{JOINTS[step.text] ?? step.text}</strong> : <code className={styles.clause}><HostileText text={step.text} /></code>}
      </div>
      {!isJoint && (
        <dl className={styles.found}>
          <div>
            <dt>It is</dt>
            <dd>
              <KnownValue value={step.value} most={12} />
            </dd>
          </div>
          {step.evidence && step.evidence.length > 0 && (
            <div>
              <dt>Evidence</dt>
              <dd>
                <ul className={styles.proofs}>
                  {step.evidence.map((proof) => (
                    <li key={`${proof.source} ${proof.kind}`}>
                      <HostileText text={proof.source} /> ({proof.kind}):{' '}
                      {proof.at && (
                        <>
                          <Instant at={proof.at} as="time" />
                          {proof.age && `, ${proof.age}`}
                          {'; '}
                        </>
                      )}
                      <HostileText text={proof.says} />
                    </li>
                  ))}
                </ul>
              </dd>
            </div>
          )}
          {step.notes && step.notes.length > 0 && (
            <div>
              <dt>Because</dt>
              <dd>
                {step.notes.map((note) => (
                  <div key={note}>
                    <HostileText text={sentence(note)} />
                  </div>
                ))}
              </dd>
            </div>
          )}
        </dl>
      )}
      {step.steps && step.steps.length > 0 && (
        <ul className={styles.steps}>
          {step.steps.map((inside, at) => (
            <StepShown key={`${at} ${inside.text}`} step={inside} />
          ))}
        </ul>
      )}
    </li>
  );
}
