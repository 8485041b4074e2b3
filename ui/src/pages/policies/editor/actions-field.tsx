// What is made true of each account, in order: actions to add, move and take away.
import { IconButton } from '@atlaskit/button/new';
import DropdownMenu, { DropdownItem, DropdownItemGroup } from '@atlaskit/dropdown-menu';
import ArrowDownIcon from '@atlaskit/icon/core/arrow-down';
import ArrowUpIcon from '@atlaskit/icon/core/arrow-up';
import DeleteIcon from '@atlaskit/icon/core/delete';
import Textfield from '@atlaskit/textfield';
import { Choice } from '@/parts/choice';
import { Field } from '@/parts/field';
import { HostileText } from '@/parts/hostile-text';
import { GroupsField } from '@/parts/groups-field';
import { KINDS, type OneAction, readAction, writeAction } from '../action-list';
import { type Value, textsAt } from '../document-reading';
import { useEditorForm } from './editor-form';
import styles from './editor.module.css';

const WORDS: Record<string, string> = Object.fromEntries(KINDS);

export function ActionsField() {
  const { draft, problem } = useEditorForm();
  const held = draft.at('/actions');
  const actions: readonly Value[] = Array.isArray(held) ? held : [];
  const site = textsAt(draft.document, '/sites')[0];
  const put = (next: readonly Value[]) => draft.set('/actions', [...next]);
  const swap = (a: number, b: number) => put(actions.map((one, at) => (at === a ? (actions[b] ?? one) : at === b ? (actions[a] ?? one) : one)));
  const wrong = problem('/actions');
  return (
    <div className={styles.stack}>
      {actions.length > 0 && (
        <ol className={styles.actions} aria-label="Actions, in order">
          {actions.map((value, at) => {
            const action = readAction(value);
            const fault = problem(`/actions/${at}`, 'below');
            return (
              // Actions have no name of their own; their place is what the server's words are about.
              <li key={at} className={styles.action}>
                <div className={styles.actionBody}>
                  <strong>{action ? (WORDS[action.kind] ?? <HostileText text={action.kind} />) : <HostileText text={JSON.stringify(value)} />}</strong>
                  {action && <Details action={action} site={site} onChange={(next) => put(actions.map((one, place) => (place === at ? writeAction(next) : one)))} />}
                  {fault && (
                    <p className={styles.problem} role="alert">
                      <HostileText text={fault.message} />
                    </p>
                  )}
                </div>
                <div className={styles.tools}>
                  <IconButton icon={ArrowUpIcon} label={`Action ${at + 1}: earlier`} appearance="subtle" spacing="compact" isDisabled={at === 0} onClick={() => swap(at, at - 1)} />
                  <IconButton icon={ArrowDownIcon} label={`Action ${at + 1}: later`} appearance="subtle" spacing="compact" isDisabled={at === actions.length - 1} onClick={() => swap(at, at + 1)} />
                  <IconButton icon={DeleteIcon} label={`Action ${at + 1}: take away`} appearance="subtle" spacing="compact" onClick={() => put(actions.filter((_, place) => place !== at))} />
                </div>
              </li>
            );
          })}
        </ol>
      )}
      {wrong && (
        <p className={styles.problem} role="alert">
          {actions.length === 0 ? 'Add at least one action.' : <HostileText text={wrong.message} />}
        </p>
      )}
      <div>
        <DropdownMenu trigger="Add an action" shouldRenderToParent>
          <DropdownItemGroup>
            {KINDS.filter(([kind]) => !actions.some((one) => readAction(one)?.kind === kind)).map(([kind, words]) => (
              <DropdownItem key={kind} onClick={() => put([...actions, writeAction({ kind, groups: [], directory: '', mode: 'move' })])}>
                {words}
              </DropdownItem>
            ))}
          </DropdownItemGroup>
        </DropdownMenu>
      </div>
    </div>
  );
}

function Details({ action, site, onChange }: { action: OneAction; site: string | undefined; onChange: (action: OneAction) => void }) {
  if (action.kind === 'add-groups' || action.kind === 'remove-groups') {
    return <Field label="Groups">{(control) => <GroupsField control={control} site={site} value={action.groups} onChange={(groups) => onChange({ ...action, groups })} />}</Field>;
  }
  if (action.kind === 'change-directory') {
    return (
      <div className={styles.pair}>
        <Field label="Directory">{(control) => <Textfield {...control} maxLength={255} value={action.directory} onChange={(event) => onChange({ ...action, directory: event.currentTarget.value })} />}</Field>
        <Choice label="Way" value={action.mode === 'copy' ? 'copy' : undefined} all="Move: leaves the old one" options={[['copy', 'Copy: lives in both']]} onChoose={(mode) => onChange({ ...action, mode: mode ?? 'move' })} />
      </div>
    );
  }
  return null;
}
