// What somebody should look at, and what to do about each.
import SectionMessage from '@atlaskit/section-message';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@/api/client';
import { counted } from '@/parts/numbers';
import { sentence } from '@/parts/page-states';
import { ServerWords } from '@/parts/server-words';
import styles from './warnings.module.css';

type Warning = Schemas['Warning'];

/** What to do, by the kind of warning; others say it in their words. */
function remedyOf({ kind, site, run }: Warning): ReactNode {
  const atSite = site ? `/sites/${encodeURIComponent(site)}` : '/sites';
  switch (kind) {
    case 'no-snapshot':
    case 'old-snapshot':
      return <Link to={atSite}>Read the site</Link>;
    case 'evidence':
      return <Link to={`${atSite}/settings`}>See what shows activity there</Link>;
    case 'site':
    case 'site-unreachable':
      return <Link to={atSite}>Test the connection</Link>;
    case 'failed-run':
    case 'orphaned-run':
      return run ? <Link to={`/runs/${run}`}>See the run and resume it</Link> : <Link to="/runs">See the runs</Link>;
    case 'failed-mail':
      return <Link to="/settings/mail?state=failed">See the mails and try them again</Link>;
    default:
      return site ? <Link to={atSite}>To the site</Link> : null;
  }
}

export function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  return (
    <SectionMessage appearance="warning" title={`${counted(warnings.length, 'thing')} to look at`}>
      <ul className={styles.list}>
        {warnings.map((warning, at) => {
          const remedy = remedyOf(warning);
          return (
            <li key={at}>
              <ServerWords text={sentence(warning.message)} site={warning.site ?? undefined} /> {remedy}
            </li>
          );
        })}
      </ul>
    </SectionMessage>
  );
}
