// The policy as the text of a policy file. What is typed here is in the form, and the other way round; what is wrong stands below, with
// its line.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import TextArea from '@atlaskit/textarea';
import { useRef } from 'react';
import { Field } from '@/parts/field';
import { HostileText } from '@/parts/hostile-text';
import { lineOf } from '../document';
import styles from './editor.module.css';
import type { Check } from './use-check';
import type { Draft } from './use-draft';

export function YamlView({ draft, faults }: { draft: Draft; faults: Check['faults'] }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const wrongs = draft.fault ? [{ at: '', line: draft.fault.line, message: draft.fault.message }] : faults.map((fault) => ({ ...fault, line: lineOf(draft.yaml, fault.at) }));

  function show(line: number) {
    const lines = draft.yaml.split('\n');
    const from = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    area.current?.focus();
    area.current?.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
  }

  return (
    <Stack space="space.150">
      <Field label="The policy as YAML" help="As in a policy file: one policy, by itself or in a list under “policies”. Comments are not kept.">
        {(control) => (
          <TextArea
            {...control}
            ref={area}
            isMonospaced
            resize="vertical"
            minimumRows={24}
            maxHeight="70vh"
            maxLength={200_000}
            spellCheck={false}
            value={draft.yaml}
            isInvalid={wrongs.length > 0}
            onChange={(event) => draft.setYaml(event.currentTarget.value)}
          />
        )}
      </Field>
      <div role="status">
        {wrongs.length === 0 ? (
          <Text color="color.text.success">Nothing is wrong with it.</Text>
        ) : (
          <ul className={styles.faults}>
            {wrongs.map((wrong) => (
              <li key={`${wrong.at} ${wrong.message}`}>
                {wrong.line !== undefined && (
                  <button type="button" className={styles.link} onClick={() => show(wrong.line ?? 1)}>
                    Line {wrong.line}
                  </button>
                )}{' '}
                {wrong.at && <code>{wrong.at}</code>} <HostileText text={wrong.message} />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Stack>
  );
}
