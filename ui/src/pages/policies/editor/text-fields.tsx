// Fields of the editor that hold a text or a number at a place of the policy.
import Textfield from '@atlaskit/textfield';
import type { ReactNode } from 'react';
import { Field } from '@/parts/field';
import { numberOrText } from '../document-reading';
import { useEditorForm } from './editor-form';

interface PlaceFieldProps {
  at: string;
  label: string;
  help?: ReactNode;
  isRequired?: boolean;
  /** What counts where nothing is written. */
  placeholder?: string;
  width?: number;
  isNumber?: boolean;
  isDisabled?: boolean;
  maxLength?: number;
}

export function PlaceField({ at, label, help, isRequired = false, placeholder, width, isNumber = false, isDisabled = false, maxLength = 500 }: PlaceFieldProps) {
  const { draft, problem } = useEditorForm();
  const value = draft.at(at);
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return (
    <Field label={label} help={help} isRequired={isRequired} problem={problem(at, 'below')}>
      {(control) => (
        <Textfield
          {...control}
          value={text}
          isDisabled={isDisabled}
          maxLength={maxLength}
          {...(placeholder ? { placeholder } : {})}
          {...(width ? { width } : {})}
          {...(isNumber ? { inputMode: 'decimal' as const } : {})}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            draft.set(at, isNumber ? numberOrText(typed) : typed === '' && !isRequired ? undefined : typed);
          }}
        />
      )}
    </Field>
  );
}
