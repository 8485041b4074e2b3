// The frame of every page behind the sign-in: bar on top, navigation beside or, where it is narrow, behind a button.
import { IconButton } from '@atlaskit/button/new';
import CrossIcon from '@atlaskit/icon/core/cross';
import MenuIcon from '@atlaskit/icon/core/menu';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import { AccountMenu } from './account-menu';
import { Navigation } from './navigation';
import mark from './mark.svg';
import { SiteChooser } from './site-chooser';
import styles from './shell.module.css';

export function Shell({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const drawer = useRef<HTMLDialogElement>(null);
  const before = useRef(pathname);

  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    drawer.current?.close();
    // Another page: the keyboard begins at its beginning.
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [pathname]);

  return (
    <div className={styles.shell}>
      <a
        href="#main"
        className={styles.skip}
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <header className={styles.bar}>
        <div className={styles.menuButton}>
          <IconButton icon={MenuIcon} label="Navigation" appearance="subtle" onClick={() => drawer.current?.showModal()} />
        </div>
        <Brand />
        <div className={styles.fill} />
        <SiteChooser />
        <AccountMenu />
      </header>
      <div className={styles.side}>
        <Navigation />
      </div>
      <dialog
        ref={drawer}
        className={styles.drawer}
        aria-label="Navigation"
        onClick={(event) => {
          if (event.target === drawer.current) drawer.current.close();
        }}
      >
        <div className={styles.drawerContent}>
          <div className={styles.drawerHead}>
            <Brand />
            <IconButton icon={CrossIcon} label="Close navigation" appearance="subtle" onClick={() => drawer.current?.close()} />
          </div>
          <Navigation />
        </div>
      </dialog>
      <main ref={main} id="main" tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" className={styles.brand}>
      <img src={mark} alt="" width="24" height="24" />
      <span>Rollcall</span>
    </Link>
  );
}
