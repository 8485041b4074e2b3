// Somebody else saved while this was being edited: both versions, and the choice.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import type { Conflict, Saving } from '@/api/use-saving';
import { DifferenceView, difference } from './difference-view';
import { ProblemMessage } from './page-states';

interface EditConflictProps<T, Change> {
  edit: Pick<Saving<T, Change>, 'conflict' | 'isSaving' | 'problem' | 'overwrite' | 'yield'>;
  /** What was edited: "The policy reclaim-idle-seats". */
  what: string;
  /** Both as text, in the same form: theirs, and what it will be where mine is saved over it. */
  shown: (theirs: T, mine: Change) => readonly [theirs: string, mine: string];
  onOverwritten?: (mine: Change) => void;
  onYield?: (theirs: T) => void;
}

export function EditConflict<T, Change>(props: EditConflictProps<T, Change>) {
  const { conflict } = props.edit;
  return <ModalTransition>{conflict && <Question {...props} conflict={conflict} />}</ModalTransition>;
}

function Question<T, Change>({ edit, what, shown, onOverwritten, onYield, conflict }: EditConflictProps<T, Change> & { conflict: Conflict<T, Change> }) {
  const [theirs, mine] = shown(conflict.theirs.value, conflict.mine);
  return (
    <ModalDialog width="large" shouldCloseOnOverlayClick={false} shouldCloseOnEscapePress={false}>
      <ModalHeader>
        <ModalTitle appearance="warning">Changed meanwhile</ModalTitle>
      </ModalHeader>
      <ModalBody>
        <Stack space="space.200">
          {theirs === mine ? (
            <Text>{what} was saved by somebody else while you were editing it, and says what you were about to save.</Text>
          ) : (
            <Text>{what} was saved by somebody else while you were editing it. Nothing of yours was saved yet. Marked with − is what stands there now, with + what you are about to save.</Text>
          )}
          <DifferenceView label="Theirs and yours" lines={difference(theirs, mine)} />
          {edit.problem && <ProblemMessage problem={edit.problem} />}
        </Stack>
      </ModalBody>
      <ModalFooter>
        <Button
          onClick={() => {
            onYield?.(conflict.theirs.value);
            edit.yield();
          }}
          isDisabled={edit.isSaving}
        >
          Keep theirs
        </Button>
        <Button appearance="warning" onClick={() => void edit.overwrite().then((isSaved) => isSaved && onOverwritten?.(conflict.mine))} isLoading={edit.isSaving}>
          Save mine over theirs
        </Button>
      </ModalFooter>
    </ModalDialog>
  );
}

/** Facts as the lines of a text, so that two of them can be laid side by side. */
export const asLines = (facts: readonly (readonly [name: string, value: string | number | readonly string[] | null | undefined])[]): string =>
  facts.map(([name, value]) => `${name}: ${Array.isArray(value) ? (value.length === 0 ? 'none' : value.join(', ')) : (value ?? '') === '' ? '–' : value}`).join('\n');
