// The steps of something that is done in order: which there are, which are behind, and which one is shown. Where steps may be taken in any
// order (`onChoose`), each is a button.
import VisuallyHidden from '@atlaskit/visually-hidden';
import type { ReactNode } from 'react';
import styles from './steps.module.css';

export interface Step<Id extends string> {
  id: Id;
  title: string;
  /** What it is about, in a few words. */
  words?: string;
  /** Something in it is wrong. */
  isWrong?: boolean;
  /** It is none of the order: another way to the same. Shown with this instead of a number. */
  mark?: string;
}

interface StepsProps<Id extends string> {
  label: string;
  steps: readonly Step<Id>[];
  now: Id;
  /** Absent: one leads to the next, and those before are done. */
  onChoose?: (id: Id) => void;
}

export function Steps<Id extends string>({ label, steps, now, onChoose }: StepsProps<Id>) {
  const at = steps.findIndex(({ id }) => id === now);
  const list = (
    <ol className={styles.steps} {...(onChoose ? {} : { 'aria-label': label })}>
      {steps.map((step, index) => {
        const isNow = index === at;
        const isDone = !onChoose && index < at;
        const content = <Content step={step} mark={isDone ? '✓' : (step.mark ?? index + 1)} isDone={isDone} />;
        const look = { className: styles.step, 'data-state': isNow ? 'now' : isDone ? 'done' : undefined, 'data-wrong': step.isWrong || undefined, 'aria-current': isNow ? ('step' as const) : undefined };
        return (
          <li key={step.id} {...(onChoose ? {} : look)}>
            {onChoose ? (
              <button type="button" {...look} onClick={() => onChoose(step.id)}>
                {content}
              </button>
            ) : (
              content
            )}
          </li>
        );
      })}
    </ol>
  );
  return onChoose ? <nav aria-label={label}>{list}</nav> : list;
}

function Content<Id extends string>({ step: { title, words, isWrong }, mark, isDone }: { step: Step<Id>; mark: ReactNode; isDone: boolean }) {
  return (
    <>
      <span className={styles.mark} aria-hidden>
        {mark}
      </span>
      <span>
        <span className={styles.title}>{title}</span>
        {isDone && <VisuallyHidden>, done</VisuallyHidden>}
        {(isWrong || words) && <span className={styles.words}>{isWrong ? 'something is wrong' : words}</span>}
      </span>
    </>
  );
}
