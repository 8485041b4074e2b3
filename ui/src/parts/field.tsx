// A field of a form with its name, what helps, and what the server or the form finds wrong with it. The control gets what ties them
// together: `<Field label="Name" problem={…}>{(control) => <Textfield {...control} …/>}</Field>`.
import ErrorIcon from '@atlaskit/icon/core/status-error';
import { type ReactNode, useId } from 'react';
import { HostileText } from './hostile-text';
import styles from './field.module.css';

export interface Control {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
  isInvalid?: boolean;
  isRequired?: boolean;
}

interface FieldProps {
  label: ReactNode;
  /** Shown below, always. */
  help?: ReactNode;
  /** What is wrong; the words of `problem.at('/pointer')`. */
  problem?: { message: string; suggestion?: string | null } | string | undefined;
  /** What to do with the server's suggestion, where there is one. */
  onSuggestion?: (suggestion: string) => void;
  isRequired?: boolean;
  children: (control: Control) => ReactNode;
}

export function Field({ label, help, problem, onSuggestion, isRequired = false, children }: FieldProps) {
  const id = useId();
  const words = typeof problem === 'string' ? problem : problem?.message;
  const suggestion = typeof problem === 'string' ? undefined : problem?.suggestion;
  const described = [words ? `${id}-problem` : '', help ? `${id}-help` : ''].filter(Boolean).join(' ');
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {isRequired && (
          <span aria-hidden className={styles.required}>
            *
          </span>
        )}
      </label>
      {children({
        id,
        ...(described ? { 'aria-describedby': described } : {}),
        ...(words ? { 'aria-invalid': true, isInvalid: true } : {}),
        ...(isRequired ? { isRequired: true } : {}),
      })}
      <div aria-live="polite">
        {words && (
          <p id={`${id}-problem`} className={styles.problem}>
            <ErrorIcon label="Wrong:" size="small" />
            <span>
              <HostileText text={words} />
              {suggestion && onSuggestion && (
                <>
                  {' '}
                  <button type="button" className={styles.suggestion} onClick={() => onSuggestion(suggestion)}>
                    Use <HostileText text={suggestion} />
                  </button>
                </>
              )}
            </span>
          </p>
        )}
      </div>
      {help && (
        <p id={`${id}-help`} className={styles.help}>
          {help}
        </p>
      )}
    </div>
  );
}
