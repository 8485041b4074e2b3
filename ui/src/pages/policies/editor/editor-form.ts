// What each step of the editor gets: the draft, and what is wrong at a place.
import { createContext, useContext } from 'react';
import type { Draft } from './use-draft';

export interface EditorForm {
  draft: Draft;
  /** The name of a policy that is kept never changes. */
  isNew: boolean;
  /** What is wrong at a place, as soon as it is time to say so. With `below`, also at places in it. */
  problem: (pointer: string, below?: 'below') => { message: string } | undefined;
}

const Context = createContext<EditorForm | undefined>(undefined);

export const EditorFormProvider = Context.Provider;

export function useEditorForm(): EditorForm {
  const form = useContext(Context);
  if (!form) throw new Error('A step of the editor stands outside of it.');
  return form;
}
