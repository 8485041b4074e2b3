// An account in a list: what they are called, and below what they sign in with.
import { Link } from 'react-router';
import { HostileText } from './hostile-text';
import styles from './person.module.css';

interface PersonProps {
  name: string | null | undefined;
  username: string | null | undefined;
  email?: string | null | undefined;
  /** The page of the account. */
  to?: string;
}

export const accountPath = (site: string, key: string): string => `/users/${encodeURIComponent(site)}/${encodeURIComponent(key)}`;

export function Person({ name, username, email, to }: PersonProps) {
  const title = name || username || '';
  const below = [name ? username : undefined, email].filter((text): text is string => Boolean(text));
  const shown = <HostileText text={title} isCut />;
  return (
    <span className={styles.person}>
      {to ? (
        <Link to={to} className={styles.link}>
          {shown}
        </Link>
      ) : (
        shown
      )}
      {below.map((text) => (
        <span key={text} className={styles.below}>
          <HostileText text={text} isCut />
        </span>
      ))}
    </span>
  );
}
