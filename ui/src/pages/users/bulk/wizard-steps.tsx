// Where in the wizard somebody is.
import styles from './bulk.module.css';

export const STEPS = ['Choose', 'Look at the plan', 'Run and report'] as const;

export function WizardSteps({ at }: { at: number }) {
  return (
    <ol className={styles.steps} aria-label="Steps">
      {STEPS.map((step, index) => (
        <li key={step} className={styles.step} data-state={index < at ? 'done' : index === at ? 'now' : 'later'} aria-current={index === at ? 'step' : undefined}>
          <span aria-hidden className={styles.mark}>
            {index < at ? '✓' : index + 1}
          </span>
          {step}
        </li>
      ))}
    </ol>
  );
}
