import styles from './editor.module.css';
import { STEPS, type Step } from './steps';

interface StepNavProps {
  chosen: Step | 'yaml';
  wrong: ReadonlySet<Step | undefined>;
  hasYamlFault: boolean;
  onChoose: (step: Step | 'yaml') => void;
}

export function StepNav({ chosen, wrong, hasYamlFault, onChoose }: StepNavProps) {
  const steps = [...STEPS, { id: 'yaml', title: 'YAML', words: 'the same as a file' } as const];
  return (
    <nav aria-label="Steps of the policy">
      <ol className={styles.steps}>
        {steps.map(({ id, title, words }, at) => {
          const isWrong = id === 'yaml' ? hasYamlFault : wrong.has(id);
          return (
            <li key={id}>
              <button type="button" className={styles.step} aria-current={chosen === id ? 'step' : undefined} data-wrong={isWrong || undefined} onClick={() => onChoose(id)}>
                <span className={styles.number} aria-hidden>
                  {id === 'yaml' ? '≡' : at + 1}
                </span>
                <span>
                  <span className={styles.stepTitle}>{title}</span>
                  <span className={isWrong ? `${styles.stepWords} ${styles.wrong}` : styles.stepWords}>{isWrong ? 'something is wrong' : words}</span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
