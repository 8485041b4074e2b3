// One of a few words, to filter a list: the browser's own control, so that keyboard and screen reader work as everywhere.
import { useId } from 'react';
import styles from './choice.module.css';

interface ChoiceProps {
  label: string;
  value: string | undefined;
  /** Value and text; without one of them chosen, all are shown. */
  options: readonly (readonly [value: string, text: string])[];
  /** What stands for "no choice". */
  all: string;
  onChoose: (value: string | undefined) => void;
}

export function Choice({ label, value, options, all, onChoose }: ChoiceProps) {
  const id = useId();
  // What the address names and nobody offers is shown all the same.
  const isKnown = value === undefined || options.some(([option]) => option === value);
  return (
    <div className={styles.choice}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <select id={id} className={styles.select} value={value ?? ''} onChange={(event) => onChoose(event.currentTarget.value || undefined)}>
        <option value="">{all}</option>
        {!isKnown && <option value={value}>{value}</option>}
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
