// The ways to the parts of a page that is too much for one: links that look like tabs, each with an address of its own.
import { NavLink } from 'react-router';
import styles from './sub-pages.module.css';

interface SubPagesProps {
  /** What they are parts of, for screen readers: "Settings". */
  label: string;
  /** `to` is relative to the route of the page; an empty one is its beginning. */
  places: readonly { to: string; text: string }[];
}

export function SubPages({ label, places }: SubPagesProps) {
  return (
    <nav aria-label={label} className={styles.nav}>
      <ul className={styles.list}>
        {places.map(({ to, text }) => (
          <li key={to}>
            <NavLink to={to} end={to === '' || to.endsWith('/.')} className={styles.link}>
              {text}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
