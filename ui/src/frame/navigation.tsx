import ClockIcon from '@atlaskit/icon/core/clock';
import ClipboardIcon from '@atlaskit/icon/core/clipboard';
import DashboardIcon from '@atlaskit/icon/core/dashboard';
import GlobeIcon from '@atlaskit/icon/core/globe';
import ChecklistIcon from '@atlaskit/icon/core/list-checklist';
import PeopleIcon from '@atlaskit/icon/core/people-group';
import SettingsIcon from '@atlaskit/icon/core/settings';
import ShieldIcon from '@atlaskit/icon/core/shield';
import { NavLink } from 'react-router';
import { NAVIGATION, type Place } from './pages';
import styles from './navigation.module.css';
import { includes, useSession } from './session';

const ICONS = {
  overview: DashboardIcon,
  users: PeopleIcon,
  policies: ClockIcon,
  plans: ChecklistIcon,
  runs: ClipboardIcon,
  audit: ShieldIcon,
  sites: GlobeIcon,
  settings: SettingsIcon,
} satisfies Record<Place['icon'], unknown>;

export function Navigation() {
  const { role } = useSession();
  return (
    <nav aria-label="Rollcall">
      {NAVIGATION.map(({ title, places }) => {
        const allowed = places.filter((place) => !place.needs || includes(role, place.needs));
        if (allowed.length === 0) return null;
        return (
          <div key={title ?? ''} className={styles.group}>
            {title && <p className={styles.title}>{title}</p>}
            <ul className={styles.list}>
              {allowed.map(({ to, text, icon }) => {
                const Icon = ICONS[icon];
                return (
                  <li key={to}>
                    <NavLink to={to} end={to === '/'} className={styles.link}>
                      <Icon label="" />
                      {text}
                    </NavLink>
                  </li>
                );
              })}
            </ul>
          </div>
        );
      })}
    </nav>
  );
}
