// The head of a page: where it is, what it is called, what can be done with all of it. Sets the title of the window.
import Heading from '@atlaskit/heading';
import { type ReactNode, useId } from 'react';
import { Link } from 'react-router';
import { usePageTitle } from '@/frame/page-title';
import styles from './page-head.module.css';

interface PageHeadProps {
  /** Also the title of the window, unless `windowTitle` is given. */
  title: string;
  windowTitle?: string;
  /** One or two sentences. */
  children?: ReactNode;
  actions?: ReactNode;
  /** The way here. */
  trail?: readonly { text: string; to: string }[];
  /** Beside the title: lozenges. */
  beside?: ReactNode;
}

export function PageHead({ title, windowTitle, children, actions, trail = [], beside }: PageHeadProps) {
  usePageTitle(windowTitle ?? title);
  const id = useId();
  return (
    <header className={styles.head}>
      {trail.length > 0 && (
        <nav aria-label="Where this is" className={styles.trail}>
          <ol>
            {trail.map(({ text, to }) => (
              <li key={to}>
                <Link to={to}>
                  <bdi>{text}</bdi>
                </Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className={styles.line}>
        <div className={styles.title}>
          <Heading size="large" as="h1" id={id}>
            <bdi className={styles.words}>{title}</bdi>
          </Heading>
          {beside}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children && <div className={styles.about}>{children}</div>}
    </header>
  );
}
