// A policy in four steps, or as YAML. What is typed stays until it is saved or given up.
import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useBlocker } from 'react-router';
import type { Problem } from '@/api/problems';
import { useAddress } from '@/frame/use-address';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { HostileText } from '@/parts/hostile-text';
import { counted } from '@/parts/numbers';
import { ProblemMessage } from '@/parts/page-states';
import { Steps } from '@/parts/steps';
import { type PolicyDocument, sent, valueAt } from '../document';
import { type EditorForm, EditorFormProvider } from './editor-form';
import styles from './editor.module.css';
import { StepReport } from './step-report';
import { StepWhat } from './step-what';
import { StepWhen } from './step-when';
import { StepWho } from './step-who';
import { STEPS, type Step, isStep, stepOf } from './steps';
import { type Fault, useCheck } from './use-check';
import type { Draft } from './use-draft';
import { YamlView } from './yaml-view';

interface PolicyEditorProps {
  draft: Draft;
  isNew: boolean;
  isSaving: boolean;
  problem: Problem | undefined;
  /** True once it is saved. */
  onSave: (document: PolicyDocument) => Promise<boolean>;
  onCancel: () => void;
  /** Above the steps. */
  children?: ReactNode;
}

const SHOWN: Record<Step, () => ReactNode> = { when: StepWhen, who: StepWho, what: StepWhat, report: StepReport };

export function PolicyEditor({ draft, isNew, isSaving, problem, onSave, onCancel, children }: PolicyEditorProps) {
  const [view, setView] = useAddress('step');
  const check = useCheck(draft.document);
  const [wasTried, setWasTried] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<Step>>(new Set());
  const isYaml = view === 'yaml';
  const step: Step = isStep(view) ? view : 'when';
  const top = useRef<HTMLDivElement>(null);
  const isDone = useRef(false);
  const blocker = useBlocker(({ currentLocation, nextLocation }) => draft.isChanged && !isDone.current && currentLocation.pathname !== nextLocation.pathname);
  useUnloadGuard(draft.isChanged && !isDone.current);

  // What the server refused although checking found nothing: a name that is taken, for instance.
  const refused: readonly Fault[] = (problem?.places ?? []).filter((place) => place.in === 'body').map(({ at, message }) => ({ at, message }));
  const faults: readonly Fault[] = [...check.faults, ...refused.filter((one) => !check.faults.some((fault) => fault.at === one.at))];
  const isTime = (pointer: string) => {
    const of = stepOf(pointer);
    const value = valueAt(draft.document, pointer);
    const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    return wasTried || !isEmpty || (of !== undefined && left.has(of));
  };
  const form: EditorForm = {
    draft,
    isNew,
    problem: (pointer, below) => {
      const found = faults.find((fault) => fault.at === pointer || (below === 'below' && fault.at.startsWith(`${pointer}/`)));
      return found && isTime(pointer) ? { message: found.message } : undefined;
    },
  };
  const wrongSteps = new Set(faults.filter((fault) => isTime(fault.at)).map((fault) => stepOf(fault.at)));
  const nowhere = faults.filter((fault) => stepOf(fault.at) === undefined);

  function go(next: Step | 'yaml') {
    if (!isYaml) setLeft((before) => new Set([...before, step]));
    setView(next === 'when' ? undefined : next);
    top.current?.scrollIntoView({ block: 'nearest' });
  }

  async function save() {
    setWasTried(true);
    if (draft.fault) return go('yaml');
    const first = check.isPending ? undefined : check.faults[0];
    if (first) {
      if (!isYaml) go(stepOf(first.at) ?? 'yaml');
      return;
    }
    isDone.current = true;
    if (!(await onSave(sent(draft.document)))) isDone.current = false;
  }

  const Shown = SHOWN[step];
  const at = STEPS.findIndex((one) => one.id === step);
  const next = STEPS[at + 1];
  const before = STEPS[at - 1];
  return (
    <form
      className={styles.frame}
      aria-label="Policy"
      noValidate
      ref={top as never}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack space="space.300">
        {children}
        <Steps
          label="Steps of the policy"
          steps={[
            ...STEPS.map((one) => ({ ...one, isWrong: wrongSteps.has(one.id) })),
            { id: 'yaml', title: 'YAML', words: 'the same as a file', isWrong: draft.fault !== undefined, mark: '≡' },
          ]}
          now={isYaml ? 'yaml' : step}
          onChoose={go}
        />
        {isYaml ? (
          <YamlView draft={draft} faults={check.faults} />
        ) : draft.fault ? (
          <SectionMessage appearance="warning" title="The YAML cannot be read yet" actions={[]}>
            <Stack space="space.150">
              <Text>The form shows it again once it can: line {draft.fault.line} stands in the way. What you typed is still there.</Text>
              <div>
                <Button onClick={() => go('yaml')}>Show the YAML</Button>
              </div>
            </Stack>
          </SectionMessage>
        ) : (
          <EditorFormProvider value={form}>
            <Shown />
          </EditorFormProvider>
        )}
        {check.misfits.length > 0 && (
          <SectionMessage appearance="warning" title="It does not fit a site as it is now">
            <Stack space="space.100">
              <ul className={styles.faults}>
                {check.misfits.map((misfit) => (
                  <li key={`${misfit.site} ${misfit.message}`}>
                    {misfit.site}: <HostileText text={misfit.message} />
                  </li>
                ))}
              </ul>
              <Text>It can be saved; a plan of it is refused until this is mended.</Text>
            </Stack>
          </SectionMessage>
        )}
        {wasTried && !isYaml && nowhere.length > 0 && (
          <SectionMessage appearance="error" title="Something in the YAML is not known to the form">
            <ul className={styles.faults}>
              {nowhere.map((fault) => (
                <li key={`${fault.at} ${fault.message}`}>
                  <code>{fault.at}</code> <HostileText text={fault.message} />
                </li>
              ))}
            </ul>
          </SectionMessage>
        )}
        {problem && !isSaving && <ProblemMessage problem={problem} title={problem.status === 422 ? 'Not saved: see the fields marked' : `Not saved: ${problem.title}`} />}
        {check.problem && <Text color="color.text.subtle">It could not be checked while you write ({check.problem.title}); saving checks it.</Text>}
      </Stack>
      <div className={styles.foot}>
        {!isYaml && before && <Button onClick={() => go(before.id)}>Back: {before.title}</Button>}
        {!isYaml && next && <Button onClick={() => go(next.id)}>Next: {next.title}</Button>}
        <span className={styles.fill} role="status">
          {wasTried && faults.length > 0 && !check.isPending ? <span className={styles.wrong}>{counted(faults.length, 'thing is', 'things are')} wrong.</span> : null}
        </span>
        <Button appearance="subtle" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" appearance="primary" isLoading={isSaving}>
          Save
        </Button>
      </div>
      <ConfirmDialog
        isOpen={blocker.state === 'blocked'}
        title="Leave without saving?"
        action="Leave"
        appearance="warning"
        onClose={() => blocker.reset?.()}
        onConfirm={() => blocker.proceed?.()}
      >
        <Text>What you changed here is lost.</Text>
      </ConfirmDialog>
    </form>
  );
}

function useUnloadGuard(isWanted: boolean) {
  useEffect(() => {
    if (!isWanted) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isWanted]);
}
