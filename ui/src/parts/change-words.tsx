// Changes as people say them: `remove-groups=confluence-users` is "Leave the group confluence-users".
import { HostileText } from './hostile-text';
import styles from './change-words.module.css';

const ALONE: Record<string, string> = {
  disable: 'Disable',
  enable: 'Enable',
  delete: 'Delete',
  'remove-licence-groups': 'Leave every group that gives a seat',
  'reset-password': 'Reset the password',
  notify: 'Notify by mail',
  suspend: 'Suspend',
  restore: 'Restore',
  'remove-from-directory': 'Remove from the directory',
};

const WITH: Record<string, string> = {
  'add-groups': 'Join',
  'remove-groups': 'Leave',
  'change-directory': 'Change directory',
};

/** A change as it is written in plans and runs: `kind`, or `kind=what`. */
export function ChangeWords({ action }: { action: string }) {
  const equals = action.indexOf('=');
  const kind = equals < 0 ? action : action.slice(0, equals);
  const what = equals < 0 ? '' : action.slice(equals + 1);
  const words = ALONE[kind] ?? WITH[kind];
  if (words === undefined) return <HostileText text={action} />;
  return (
    <span className={styles.words}>
      {words}
      {what && (
        <>
          {kind === 'change-directory' ? ': ' : ' '}
          <HostileText text={what} />
        </>
      )}
    </span>
  );
}

/** How it stands, and how it will. */
export function BeforeAfter({ before, after }: { before: string | null | undefined; after: string | null | undefined }) {
  if (!before && !after) return <>–</>;
  return (
    <span className={styles.pair}>
      <span className={styles.before}>
        <HostileText text={before ?? '–'} />
      </span>
      <span aria-label="becomes"> → </span>
      <HostileText text={after ?? '–'} />
    </span>
  );
}
