// A page in front of the sign-in: one card in the middle.
import Heading from '@atlaskit/heading';
import type { ReactNode } from 'react';
import mark from '@/frame/mark.svg';
import { usePageTitle } from '@/frame/page-title';
import styles from './front-page.module.css';

export function FrontPage({ title, children }: { title: string; children: ReactNode }) {
  usePageTitle(title);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <img src={mark} alt="" width="32" height="32" />
          <span>Rollcall</span>
        </div>
        <Heading size="medium" as="h1">
          {title}
        </Heading>
        {children}
      </div>
    </main>
  );
}
