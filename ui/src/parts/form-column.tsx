// A form as wide as it can be read: fields one below the other, what went wrong above the buttons.
import { Inline, Stack } from '@atlaskit/primitives/compiled';
import type { ReactNode } from 'react';
import type { Problem } from '@/api/problems';
import styles from './form-column.module.css';
import { ProblemMessage } from './page-states';

interface FormColumnProps {
  /** What the form is for, for screen readers. */
  label: string;
  onSubmit: () => void;
  children: ReactNode;
  buttons: ReactNode;
  /** What went wrong and stands at no field that is shown. */
  problem?: Problem | undefined;
  /** Places of the fields shown: a problem that is about these alone is told there only. */
  shown?: readonly string[];
  isWide?: boolean;
}

export function FormColumn({ label, onSubmit, children, buttons, problem, shown = [], isWide = false }: FormColumnProps) {
  const isTold = problem && problem.places.length > 0 && problem.elsewhere(shown).length === 0;
  return (
    <form
      aria-label={label}
      noValidate
      className={isWide ? styles.wide : styles.column}
      onSubmit={(event) => {
        event.preventDefault();
        // A dialog inside a form of a page is not inside it for the reader.
        event.stopPropagation();
        onSubmit();
      }}
    >
      <Stack space="space.250">
        {children}
        {problem && !isTold && <ProblemMessage problem={problem} />}
        <Inline space="space.100" shouldWrap rowSpace="space.100">
          {buttons}
        </Inline>
      </Stack>
    </form>
  );
}
