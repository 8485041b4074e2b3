// Below a criterion: whom it selects in words, how many, and some of them.
import Spinner from '@atlaskit/spinner';
import { Instant } from '@/parts/instant';
import { HostileText } from '@/parts/hostile-text';
import { counted, number } from '@/parts/numbers';
import { sentence } from '@/parts/page-states';
import { Person, accountPath } from '@/parts/person';
import { ServerWords } from '@/parts/server-words';
import type { Findings } from './use-findings';
import styles from './criterion-bar.module.css';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export function CriterionFindings({ findings, emptyMeans }: { findings: Findings; emptyMeans: 'everybody' | 'nothing' }) {
  const { isEmpty, isWaiting, hasSite, wrong, problem, description, total, unknown } = findings;
  return (
    <div className={styles.findings}>
      <span role="status" className={styles.count}>
        {isEmpty && emptyMeans === 'nothing' ? (
          'Nobody yet: say who is meant. Everybody is written all.'
        ) : wrong ? (
          'Nobody is counted until the mistake is mended.'
        ) : problem ? (
          <>
            Not counted: <ServerWords text={sentence(problem.detail)} />
          </>
        ) : !hasSite && !isWaiting ? (
          'Counted once a site is chosen.'
        ) : total === undefined || isWaiting ? (
          <span className={styles.counting}>
            <Spinner size="xsmall" label="" /> Counting…
          </span>
        ) : (
          <>
            <strong>{counted(total, 'account')}</strong> {total === 1 ? 'matches' : 'match'}
            {unknown > 0 && <> · {number(unknown)} more cannot be decided, because something about them is not known; they are never selected</>}
          </>
        )}
      </span>
      {description && !isEmpty && (
        <p className={styles.words}>
          <HostileText text={capital(description)} />
        </p>
      )}
    </div>
  );
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

export function CriterionSample({ site, findings }: { site: string; findings: Findings }) {
  const { sample, total } = findings;
  if (total === undefined || sample.length === 0) return null;
  return (
    <section aria-label="Some of them" className={styles.sample}>
      <ul className={styles.people}>
        {sample.map((row) => {
          const last = text(row.lastActive);
          return (
            <li key={row.key} className={styles.one}>
              <Person name={text(row.name)} username={text(row.username)} to={accountPath(site, row.key)} />
              <span className={styles.note}>
                {last === 'never' ? 'never active' : last ? <>active <Instant at={last} /></> : 'activity not known'}
              </span>
            </li>
          );
        })}
      </ul>
      {total > sample.length && <span className={styles.note}>and {number(total - sample.length)} more</span>}
    </section>
  );
}
