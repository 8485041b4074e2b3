import type { ReactNode } from 'react';
import styles from './settings.module.css';

/** What a part of the settings is for, above it. */
export function About({ children }: { children: ReactNode }) {
  return <p className={styles.about}>{children}</p>;
}
